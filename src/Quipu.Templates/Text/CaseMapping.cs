namespace Quipu.Templates.Text;

/// <summary>Upper, lower and title case as Python has them, with the letters that become several.</summary>
internal static class CaseMapping
{
    public static string Upper(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToUpperInvariant();
        var result = new StringBuilder(text.Length + 4);
        foreach (Rune rune in text.EnumerateRunes())
            AppendUpper(result, rune);
        return result.ToString();
    }

    public static string Lower(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        var result = new StringBuilder(text.Length + 4);
        for (int at = 0; at < text.Length;)
            at += AppendLower(result, text, at);
        return result.ToString();
    }

    /// <summary>Lower case for comparisons: also makes ß and ss, or the forms of sigma, equal.</summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        var result = new StringBuilder(text.Length + 4);
        var upper = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            upper.Clear();
            if (rune.Value is (>= 0x13a0 and <= 0x13fd) or (>= 0xab70 and <= 0xabbf))
                result.Append(Rune.ToUpperInvariant(rune));
            else if (rune.Value == 0x131)
                result.Append(rune);
            else if (rune.Value == 0x1e9e)
                result.Append("ss");
            else
                AppendUpper(upper, rune);
            foreach (Rune part in upper.ToString().EnumerateRunes())
                AppendLower(result, part.ToString(), 0, isWord: true);
        }
        return result.ToString();
    }

    /// <summary>Every letter after something that is no letter is a title's first, all others are lower case.</summary>
    public static string Title(string text)
    {
        var result = new StringBuilder(text.Length + 4);
        bool inWord = false;
        for (int at = 0; at < text.Length;)
        {
            Rune rune = RuneAt(text, at);
            if (inWord)
            {
                at += AppendLower(result, text, at);
            }
            else
            {
                AppendTitle(result, rune);
                at += rune.Utf16SequenceLength;
            }
            inWord = IsCased(rune);
        }
        return result.ToString();
    }

    /// <summary>The first letter as in a title, all others in lower case.</summary>
    public static string Capitalize(string text)
    {
        if (text.Length == 0)
            return text;
        var result = new StringBuilder(text.Length + 4);
        Rune first = RuneAt(text, 0);
        AppendTitle(result, first);
        for (int at = first.Utf16SequenceLength; at < text.Length;)
            at += AppendLower(result, text, at);
        return result.ToString();
    }

    public static string Swap(string text)
    {
        var result = new StringBuilder(text.Length + 4);
        for (int at = 0; at < text.Length;)
        {
            Rune rune = RuneAt(text, at);
            if (Rune.IsUpper(rune))
            {
                at += AppendLower(result, text, at);
                continue;
            }
            if (Rune.IsLower(rune))
                AppendUpper(result, rune);
            else
                result.Append(rune);
            at += rune.Utf16SequenceLength;
        }
        return result.ToString();
    }

    /// <summary>Whether there are letters with case and all are upper (or all lower) case.</summary>
    public static bool IsAll(string text, bool upper)
    {
        bool found = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool wanted = upper ? Rune.IsUpper(rune) : Rune.IsLower(rune);
            if (!wanted && IsCased(rune))
                return false;
            found |= wanted;
        }
        return found;
    }

    /// <summary>Whether upper case letters stand exactly at the starts of words.</summary>
    public static bool IsTitle(string text)
    {
        bool inWord = false;
        bool found = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool starts = Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter;
            bool goesOn = Rune.IsLower(rune);
            if ((starts && inWord) || (goesOn && !inWord))
                return false;
            inWord = starts || goesOn;
            found |= inWord;
        }
        return found;
    }

    private static void AppendUpper(StringBuilder result, Rune rune)
    {
        if (rune.IsBmp && SpecialCasing.Upper((char)rune.Value) is { } special)
            result.Append(special);
        else
            result.Append(rune.Value switch { 0x131 => new Rune('I'), 0x17f => new Rune('S'), _ => Rune.ToUpperInvariant(rune) });
    }

    private static void AppendTitle(StringBuilder result, Rune rune)
    {
        if (rune.IsBmp && SpecialCasing.Title((char)rune.Value) is { } special)
            result.Append(special);
        else if (rune.Value is >= 0x10d0 and <= 0x10ff)
            result.Append(rune);
        else
            AppendUpper(result, rune);
    }

    /// <summary>Appends the lower case of the letter at a place and returns its length in the text.</summary>
    private static int AppendLower(StringBuilder result, string text, int at, bool isWord = false)
    {
        Rune rune = RuneAt(text, at);
        if (rune.Value == 0x130)
            result.Append("i\u0307");
        else if (rune.Value == 0x3a3 && !isWord)
            result.Append(IsFinalSigma(text, at) ? '\u03c2' : '\u03c3');
        else
            result.Append(Rune.ToLowerInvariant(rune));
        return rune.Utf16SequenceLength;
    }

    /// <summary>A sigma takes its final form behind a letter and before none; marks and apostrophes do not count.</summary>
    private static bool IsFinalSigma(string text, int at)
    {
        int before = at - 1;
        while (before >= 0 && IsIgnorable(text[before]))
            before--;
        int after = at + 1;
        while (after < text.Length && IsIgnorable(text[after]))
            after++;
        if (before > 0 && char.IsLowSurrogate(text[before]))
            before--;
        bool Cased(int place) => place >= 0 && place < text.Length && IsCased(RuneAt(text, place));
        return Cased(before) && !Cased(after);
    }

    private static bool IsIgnorable(char c) => c is '\'' or '.' or ':' or '^' or '`' or '\u00b7' or '\u2019' || char.GetUnicodeCategory(c)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
        or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;

    private static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static Rune RuneAt(string text, int at) => Rune.TryGetRuneAt(text, at, out Rune rune) ? rune : Rune.ReplacementChar;
}
