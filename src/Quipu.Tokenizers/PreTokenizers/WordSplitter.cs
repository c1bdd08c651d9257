namespace Quipu.Tokenizers.PreTokenizers;

/// <summary>Splits text into the words within which byte-level BPE merges. Every byte of the text belongs to one word.</summary>
internal abstract class WordSplitter
{
    /// <summary>Appends where each word ends.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="offset">Added to every end: where <paramref name="text"/> lies in a longer text.</param>
    /// <param name="ends">Receives the ends, in order.</param>
    public abstract void Split(ReadOnlySpan<byte> text, int offset, List<int> ends);

    /// <summary>Length of an English contraction ('s, 't, 're, 've, 'm, 'll, 'd) at a position, or 0.</summary>
    protected static int Contraction(ReadOnlySpan<byte> text, int position, bool ignoreCase)
    {
        if (text[position] != '\'' || position + 1 >= text.Length)
            return 0;
        int caseBit = ignoreCase ? 0x20 : 0;
        int first = text[position + 1] | caseBit;
        if (first is 's' or 't' or 'm' or 'd')
            return 2;
        if (position + 2 >= text.Length)
            return 0;
        int second = text[position + 2] | caseBit;
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    /// <summary>
    /// End of a word of white space: the whole run at the text's end, else all but its last character, which belongs to what follows;
    /// a run of one is a word. (<c>\s+(?!\S)|\s+</c>)
    /// </summary>
    protected static int WhiteSpaceEnd(ReadOnlySpan<byte> text, int position)
    {
        int end = position;
        int last = position;
        while (CodePoints.ClassAt(text, end, out int length) == CharClass.Space)
        {
            last = end;
            end += length;
        }
        return end < text.Length && last > position ? last : end;
    }
}
