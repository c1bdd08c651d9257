namespace Quipu.Engine.Grammars;

/// <summary>What begins a grammar that lets the model write freely at first: a text, or a token, after which the grammar holds.</summary>
public sealed record GrammarTrigger
{
    private GrammarTrigger(string? text, int token, bool isAtStart = false)
    {
        Text = text;
        Token = token;
        IsAtStart = isAtStart;
    }

    /// <summary>The text; null where it is a token.</summary>
    public string? Text { get; }

    /// <summary>The token's id; −1 where it is a text.</summary>
    public int Token { get; }

    /// <summary>Whether the text counts only at the beginning of the answer, behind white space.</summary>
    public bool IsAtStart { get; }

    /// <summary>The grammar holds after an answer's beginning.</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static GrammarTrigger AtStart(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return new GrammarTrigger(text, -1, isAtStart: true);
    }

    /// <summary>The grammar holds after a text.</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static GrammarTrigger AfterText(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return new GrammarTrigger(text, -1);
    }

    /// <summary>The grammar holds after a token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative.</exception>
    public static GrammarTrigger AfterToken(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        return new GrammarTrigger(null, token);
    }
}
