using Quipu.Engine;

namespace Quipu.Cli.Flags;

/// <summary>The flags of how a text is generated, for every mode that generates one.</summary>
internal static class GenerationFlagReader
{
    /// <summary>Reads them.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="temperature">The temperature where none is given.</param>
    /// <exception cref="UsageException">A value cannot be read.</exception>
    public static GenerationOptions Read(ParsedFlags flags, float temperature = 0)
    {
        bool escape = flags.IsOn(TextFlags.Escape, otherwise: true);
        var stops = flags.Texts(TextFlags.ReversePrompt).Select(text => escape ? Escapes.Read(text) : text);
        return new GenerationOptions
        {
            MaxTokens = Math.Max(-1, flags.Integer(TextFlags.MaxTokens, -1)),
            Sampling = SamplingFlagReader.Read(flags, temperature),
            StopStrings = [.. stops.Select(text => text.Length > 0 ? text : throw new UsageException("--reverse-prompt is empty."))],
            IgnoreEndOfGeneration = flags.IsOn(SamplingFlags.IgnoreEndOfText),
            ContextShift = flags.IsOn(TextFlags.ContextShift),
            KeepTokens = flags.Integer(TextFlags.Keep, 0),
            RenderSpecial = flags.IsOn(TextFlags.Special),
        };
    }
}
