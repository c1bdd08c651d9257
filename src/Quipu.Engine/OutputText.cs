using Quipu.Tokenizers;

namespace Quipu.Engine;

/// <summary>From tokens to certain text, and when to end.</summary>
internal sealed class OutputText(Tokenizer tokenizer, GenerationOptions options)
{
    private readonly StreamingDetokenizer _detokenizer = new(tokenizer, options.RenderSpecial);
    private readonly StopStringMatcher _stops = new(options.StopStrings);

    /// <summary>Takes a chosen token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="generated">How many were chosen, this one included.</param>
    /// <param name="contextFull">Whether no further token could be computed.</param>
    public GeneratedText Append(int token, int generated, bool contextFull)
    {
        bool ended = tokenizer.EndOfGeneration.Contains(token);
        string text = _stops.Append(ended && !options.RenderSpecial ? "" : TextOf(token), out bool stopped);
        if (stopped)
            return new GeneratedText(token, text, FinishReason.StopString);
        var finish = ended ? FinishReason.EndOfGeneration
            : options.MaxTokens >= 0 && generated >= options.MaxTokens ? FinishReason.MaxTokens
            : contextFull ? FinishReason.ContextFull
            : FinishReason.None;
        if (finish == FinishReason.None)
            return new GeneratedText(token, text, finish);
        text += _stops.Append(_detokenizer.Flush(), out stopped);
        return stopped
            ? new GeneratedText(token, text, FinishReason.StopString)
            : new GeneratedText(token, text + _stops.Flush(), finish);
    }

    private string TextOf(int token) => options.ShownTokens.Contains(token) && tokenizer.Kind(token) == TokenKind.Control
        ? _detokenizer.Flush() + tokenizer.Piece(token)
        : _detokenizer.Append(token);
}
