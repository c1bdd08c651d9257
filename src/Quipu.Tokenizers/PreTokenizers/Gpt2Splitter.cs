namespace Quipu.Tokenizers.PreTokenizers;

/// <summary>
/// GPT-2's words: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal sealed class Gpt2Splitter : WordSplitter
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

    private static int WordEnd(ReadOnlySpan<byte> text, int position)
    {
        int contraction = Contraction(text, position, ignoreCase: false);
        if (contraction > 0)
            return position + contraction;

        int body = text[position] == ' ' ? position + 1 : position;
        CharClass kind = CodePoints.ClassAt(text, body, out int length);
        return kind switch
        {
            CharClass.Letter or CharClass.Number => CodePoints.SkipWhile(text, body + length, kind),
            CharClass.Punctuation or CharClass.Other => CodePoints.SkipWhile(text, body + length, CharClass.Symbol),
            _ => WhiteSpaceEnd(text, position),
        };
    }
}
