using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Quipu.Cli.Chat.Highlight;

/// <summary>A pair of marks around a comment or a string.</summary>
/// <param name="Open">Begins it.</param>
/// <param name="Close">Ends it.</param>
/// <param name="Escape">Keeps the character after it from ending it; '\0' for none.</param>
/// <param name="Multiline">Whether it goes on over line breaks.</param>
internal sealed record Delimiter(string Open, string Close, char Escape = '\0', bool Multiline = false);

/// <summary>Peculiarities of a language.</summary>
[Flags]
internal enum SyntaxTraits
{
    None = 0,
    /// <summary>Keywords may be written in any case.</summary>
    IgnoreCase = 1,
    /// <summary>A quote holds one character or an escape ('x', '\n'); otherwise it is an ordinary sign.</summary>
    CharLiterals = 2,
    /// <summary>Tags: words count inside of angle brackets only.</summary>
    Markup = 4,
    /// <summary>Lines are coloured by their first character, as diffs are.</summary>
    DiffLines = 8,
    /// <summary>A line that begins with # is a directive of a preprocessor.</summary>
    Preprocessor = 16,
    /// <summary>A word before a colon or an equals sign at a line's start is a key.</summary>
    Keys = 32,
}

/// <summary>What the highlighter knows of a language.</summary>
internal sealed record LanguageSyntax
{
    /// <summary>Words of the language.</summary>
    public FrozenSet<string> Keywords { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Names of built-in types, functions and constants.</summary>
    public FrozenSet<string> BuiltIns { get; init; } = FrozenSet<string>.Empty;

    /// <summary>What begins a comment that the line ends.</summary>
    public ImmutableArray<string> LineComments { get; init; } = [];

    /// <summary>Comments with an end.</summary>
    public ImmutableArray<Delimiter> BlockComments { get; init; } = [];

    /// <summary>Strings.</summary>
    public ImmutableArray<Delimiter> Strings { get; init; } = [];

    /// <summary>Characters that belong to words besides letters, digits and '_'.</summary>
    public string WordCharacters { get; init; } = "";

    /// <summary>Characters that begin a name of its own colour: $ in shells, @ in Ruby.</summary>
    public string Sigils { get; init; } = "";

    /// <summary>Peculiarities.</summary>
    public SyntaxTraits Traits { get; init; }

    /// <summary>Whether the language has a peculiarity.</summary>
    public bool Has(SyntaxTraits trait) => (Traits & trait) != 0;

    /// <summary>The tone of a word.</summary>
    public Tone ToneOf(ReadOnlySpan<char> word)
    {
        string text = Has(SyntaxTraits.IgnoreCase) ? word.ToString().ToLowerInvariant() : word.ToString();
        return Keywords.Contains(text) ? Tone.Keyword
            : BuiltIns.Contains(text) ? Tone.BuiltIn
            : Tone.Plain;
    }
}
