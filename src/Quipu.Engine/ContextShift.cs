namespace Quipu.Engine;

/// <summary>What is left of a text when the context is full and the generation shall go on.</summary>
internal static class ContextShift
{
    /// <summary>Keeps the first tokens and the newer half of the others, as llama.cpp does.</summary>
    /// <param name="tokens">The text that fills the context.</param>
    /// <param name="keep">Tokens at the start to keep; at least two others must be left to halve.</param>
    public static int[] Apply(ReadOnlySpan<int> tokens, int keep)
    {
        keep = Math.Clamp(keep, 0, Math.Max(0, tokens.Length - 2));
        int discard = Math.Max(1, (tokens.Length - keep) / 2);
        return [.. tokens[..keep], .. tokens[(keep + discard)..]];
    }
}
