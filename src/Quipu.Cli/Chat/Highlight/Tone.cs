namespace Quipu.Cli.Chat.Highlight;

/// <summary>What a piece of text is, and so how it looks.</summary>
internal enum Tone
{
    Plain,
    Bold,
    Emphasis,
    StrongEmphasis,
    Heading,
    Bullet,
    Quote,
    InlineCode,
    Fence,
    Faint,
    Keyword,
    BuiltIn,
    String,
    Comment,
    Number,
    Directive,
    Variable,
    Added,
    Removed,
    Hunk,
}

/// <summary>How tones look.</summary>
internal static class Tones
{
    /// <summary>The SGR parameters of a tone; empty for plain text. Only the sixteen colours that every terminal's own palette defines.</summary>
    public static string Parameters(Tone tone) => tone switch
    {
        Tone.Bold => "1",
        Tone.Emphasis => "3",
        Tone.StrongEmphasis => "1;3",
        Tone.Heading => "1;36",
        Tone.Bullet => "36",
        Tone.Quote or Tone.Fence or Tone.Faint => "2",
        Tone.InlineCode => "1;35",
        Tone.Keyword => "1;34",
        Tone.BuiltIn => "36",
        Tone.String or Tone.Added => "32",
        Tone.Comment or Tone.Removed => "31",
        Tone.Number => "33",
        Tone.Directive or Tone.Hunk => "35",
        Tone.Variable => "1;36",
        _ => "",
    };
}
