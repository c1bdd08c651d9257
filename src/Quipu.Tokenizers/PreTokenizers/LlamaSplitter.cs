namespace Quipu.Tokenizers.PreTokenizers;

/// <summary>
/// The words of Llama 3 and Qwen 2, which differ in how many digits make one:
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,DIGITS}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </summary>
/// <param name="digits">Most digits of one word.</param>
internal sealed class LlamaSplitter(int digits) : WordSplitter
{
    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<byte> text, int offset, List<int> ends)
    {
        for (int position = 0; position < text.Length;)
        {
            position = WordEnd(text, position);
            ends.Add(offset + position);
        }
    }

    private int WordEnd(ReadOnlySpan<byte> text, int position)
    {
        int contraction = Contraction(text, position, ignoreCase: true);
        if (contraction > 0)
            return position + contraction;

        byte first = text[position];
        CharClass kind = CodePoints.ClassAt(text, position, out int length);
        if (kind == CharClass.Letter)
            return CodePoints.SkipWhile(text, position + length, CharClass.Letter);
        if (kind == CharClass.Number)
            return NumberEnd(text, position);

        // One character of any other kind, but no line end, is the first of the word whose letters follow it.
        int second = position + length;
        CharClass next = CodePoints.ClassAt(text, second, out int nextLength);
        if (next == CharClass.Letter && first is not ((byte)'\r' or (byte)'\n'))
            return CodePoints.SkipWhile(text, second + nextLength, CharClass.Letter);

        if ((kind & CharClass.Symbol) != 0 || (first == ' ' && (next & CharClass.Symbol) != 0))
            return SkipLineEnds(text, CodePoints.SkipWhile(text, second, CharClass.Symbol));

        int spaces = CodePoints.SkipWhile(text, position, CharClass.Space);
        int lineEnd = text[position..spaces].LastIndexOfAny((byte)'\r', (byte)'\n');
        return lineEnd >= 0 ? position + lineEnd + 1 : WhiteSpaceEnd(text, position);
    }

    private int NumberEnd(ReadOnlySpan<byte> text, int position)
    {
        for (int count = 0; count < digits && CodePoints.ClassAt(text, position, out int length) == CharClass.Number; count++)
            position += length;
        return position;
    }

    private static int SkipLineEnds(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && text[position] is (byte)'\r' or (byte)'\n')
            position++;
        return position;
    }
}
