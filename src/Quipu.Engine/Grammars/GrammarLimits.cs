namespace Quipu.Engine.Grammars;

/// <summary>What a grammar may cost. Grammars and schemas come from outside: each limit ends in a <see cref="GrammarException"/>.</summary>
internal static class GrammarLimits
{
    /// <summary>How deep groups, and schemas, may nest.</summary>
    public const int Nesting = 200;

    /// <summary>The largest number in a repetition; llama.cpp's is 2 000.</summary>
    public const int Repetitions = 100_000;

    /// <summary>States of the compiled grammar: 12 bytes each.</summary>
    public const int States = 1 << 19;

    /// <summary>Ways to read a text that are followed at once: an ambiguous grammar has many.</summary>
    public const int Items = 20_000;

    /// <summary>Configurations that are kept, 1 KiB each; more are forgotten and made again.</summary>
    public const int Configurations = 8192;

    /// <summary>Masks of whole configurations that are kept, a bit a token each.</summary>
    public const int Masks = 256;

    /// <summary>Masks of a rule's states that are kept, a bit a token each.</summary>
    public const int LocalMasks = 512;
}
