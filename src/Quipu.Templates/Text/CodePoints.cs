namespace Quipu.Templates.Text;

/// <summary>Strings as sequences of code points. Half of a surrogate pair that stands alone counts as one.</summary>
internal static class CodePoints
{
    /// <summary>The number of code points.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int first = text.IndexOfAnyInRange('\ud800', '\udbff');
        if (first < 0)
            return text.Length;
        int count = text.Length;
        for (int i = first; i + 1 < text.Length; i++)
            if (char.IsSurrogatePair(text[i], text[i + 1]))
            {
                count--;
                i++;
            }
        return count;
    }

    /// <summary>The UTF-16 length of the code point at a place.</summary>
    public static int LengthAt(string text, int at) =>
        at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    /// <summary>Where each code point begins, and the end of the text.</summary>
    public static int[] Starts(string text, int count)
    {
        var starts = new int[count + 1];
        for (int i = 0, at = 0; i < count; i++, at += LengthAt(text, at))
            starts[i] = at;
        starts[count] = text.Length;
        return starts;
    }
}
