using Quipu.Templates.Runtime;

namespace Quipu.Templates.Text;

/// <summary>Cutting texts into pieces and putting them together, as Python's string methods do.</summary>
internal static class TextPieces
{
    /// <summary>The pieces between runs of white space, of which there is none at the ends.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How many cuts are made at most; negative for all.</param>
    /// <param name="fromEnd">Whether the cuts are counted from the end.</param>
    /// <param name="budget">What the pieces are charged to.</param>
    public static List<string> SplitSpace(string text, int most, bool fromEnd, Budget budget)
    {
        var pieces = new List<string>();
        (int start, int end) = Trim(text, null, left: true, right: true);
        while (start < end)
        {
            if (most >= 0 && pieces.Count == most)
            {
                Add(pieces, text[(fromEnd ? 0 : start)..(fromEnd ? end : text.Length)], budget);
                break;
            }
            int cut = fromEnd ? end : start;
            if (fromEnd)
            {
                while (cut > start && !PythonText.IsSpace(text[cut - 1]))
                    cut--;
                Add(pieces, text[cut..end], budget);
                for (end = cut; end > start && PythonText.IsSpace(text[end - 1]);)
                    end--;
            }
            else
            {
                while (cut < end && !PythonText.IsSpace(text[cut]))
                    cut++;
                Add(pieces, text[start..cut], budget);
                start = PythonText.SkipSpace(text, cut);
            }
        }
        if (fromEnd)
            pieces.Reverse();
        return pieces;
    }

    /// <summary>The pieces between the places where a separator stands.</summary>
    public static List<string> Split(string text, string separator, int most, bool fromEnd, Budget budget)
    {
        if (separator.Length == 0)
            throw new TemplateException("empty separator");
        budget.Search(text.Length, separator.Length);
        var pieces = new List<string>();
        int start = 0;
        int end = text.Length;
        while (most < 0 || pieces.Count < most)
        {
            ReadOnlySpan<char> rest = text.AsSpan(start, end - start);
            int found = fromEnd ? rest.LastIndexOf(separator) : rest.IndexOf(separator, StringComparison.Ordinal);
            if (found < 0)
                break;
            int cut = start + found;
            Add(pieces, fromEnd ? text[(cut + separator.Length)..end] : text[start..cut], budget);
            if (fromEnd)
                end = cut;
            else
                start = cut + separator.Length;
        }
        Add(pieces, text[start..end], budget);
        if (fromEnd)
            pieces.Reverse();
        return pieces;
    }

    /// <summary>The lines of a text, with their ends where asked. There is no empty line behind the last end.</summary>
    public static List<string> SplitLines(string text, bool keepEnds, Budget budget)
    {
        var lines = new List<string>();
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && !PythonText.IsLineBreak(text[end]))
                end++;
            int next = Math.Min(end + 1, text.Length);
            if (end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n')
                next++;
            Add(lines, text[start..(keepEnds ? next : end)], budget);
            start = next;
        }
        return lines;
    }

    /// <summary>The text with a part replaced by another, at most so many times; a negative number means always.</summary>
    public static string Replace(string text, string old, string other, int most, Budget budget)
    {
        if (most == 0 || (old.Length > text.Length && most < 0))
            return text;
        if (old.Length == 0)
            return Interleave(text, other, most, budget);
        budget.Search(text.Length, old.Length);
        var result = new TextBuilder(budget);
        int start = 0;
        for (int left = most; left != 0; left--)
        {
            int found = text.IndexOf(old, start, StringComparison.Ordinal);
            if (found < 0)
                break;
            result.Append(text.AsSpan(start, found - start)).Append(other);
            start = found + old.Length;
        }
        return start == 0 ? text : result.Append(text.AsSpan(start)).ToString();
    }

    /// <summary>How often a part stands in a text, without overlaps.</summary>
    public static int Count(ReadOnlySpan<char> text, string part, Budget budget)
    {
        if (part.Length == 0)
            return CodePoints.Count(text) + 1;
        budget.Search(text.Length, part.Length);
        return text.Count(part);
    }

    /// <summary>The place of a text without characters at its ends: white space, or those given.</summary>
    public static (int Start, int End) Trim(string text, string? characters, bool left, bool right)
    {
        var set = characters is null ? null : new HashSet<Rune>(characters.EnumerateRunes());
        bool Goes(Rune rune) => set is null ? rune.IsBmp && PythonText.IsSpace((char)rune.Value) : set.Contains(rune);
        int start = 0;
        int end = text.Length;
        while (left && start < end)
        {
            Rune.DecodeFromUtf16(text.AsSpan(start, end - start), out Rune first, out int length);
            if (!Goes(first))
                break;
            start += length;
        }
        while (right && end > start)
        {
            Rune.DecodeLastFromUtf16(text.AsSpan(start, end - start), out Rune last, out int length);
            if (!Goes(last))
                break;
            end -= length;
        }
        return (start, end);
    }

    /// <summary>Tabs as spaces up to the next multiple of a width.</summary>
    public static string ExpandTabs(string text, int width, Budget budget)
    {
        var result = new TextBuilder(budget);
        int column = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == '\t')
            {
                int spaces = width > 0 ? width - column % width : 0;
                result.Append(' ', spaces);
                column += spaces;
                continue;
            }
            result.Append(rune);
            column = rune.Value is '\n' or '\r' ? 0 : column + 1;
        }
        return result.ToString();
    }

    /// <summary>Puts a text before every character and at the end.</summary>
    private static string Interleave(string text, string other, int most, Budget budget)
    {
        var result = new TextBuilder(budget);
        int left = most;
        for (int at = 0; at <= text.Length;)
        {
            if (left != 0)
            {
                result.Append(other);
                left--;
            }
            if (at == text.Length)
                break;
            int length = CodePoints.LengthAt(text, at);
            result.Append(text.AsSpan(at, length));
            at += length;
        }
        return result.ToString();
    }

    private static void Add(List<string> pieces, string piece, Budget budget)
    {
        budget.Element();
        budget.Text(piece.Length);
        pieces.Add(piece);
    }
}
