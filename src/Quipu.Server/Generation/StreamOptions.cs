using Quipu.Server.Http;

namespace Quipu.Server.Generation;

/// <summary>Whether and how an answer is streamed.</summary>
/// <param name="Stream">Whether it is.</param>
/// <param name="IncludeUsage">Whether a last part tells what it cost.</param>
internal readonly record struct StreamOptions(bool Stream, bool IncludeUsage)
{
    /// <summary>Reads OpenAI's fields.</summary>
    public static StreamOptions Read(Fields fields)
    {
        bool stream = fields.Bool("stream");
        var options = fields.Object("stream_options");
        if (options is not null && !stream)
            throw ApiException.Invalid("stream_options", "'stream_options' is only for answers with 'stream': true.");
        return new StreamOptions(stream, options?.Bool("include_usage") ?? false);
    }
}
