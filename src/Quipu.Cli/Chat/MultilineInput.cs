namespace Quipu.Cli.Chat;

/// <summary>Input between triple quotes may have several lines.</summary>
internal static class MultilineInput
{
    private const string Quotes = "\"\"\"";

    /// <summary>Whether the quotes were opened and not closed yet.</summary>
    public static bool IsOpen(string text)
    {
        string trimmed = text.Trim();
        return trimmed.StartsWith(Quotes, StringComparison.Ordinal)
            && (trimmed.Length < 2 * Quotes.Length || !trimmed.EndsWith(Quotes, StringComparison.Ordinal));
    }

    /// <summary>The text without its triple quotes and the line breaks beside them; other text as it is.</summary>
    public static string Unquote(string text)
    {
        string trimmed = text.Trim();
        if (!trimmed.StartsWith(Quotes, StringComparison.Ordinal))
            return text;
        string inner = trimmed[Quotes.Length..];
        if (inner.EndsWith(Quotes, StringComparison.Ordinal))
            inner = inner[..^Quotes.Length];
        if (inner.StartsWith('\n'))
            inner = inner[1..];
        return inner.EndsWith('\n') ? inner[..^1] : inner;
    }
}
