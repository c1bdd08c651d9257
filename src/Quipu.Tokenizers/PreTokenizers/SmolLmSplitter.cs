namespace Quipu.Tokenizers.PreTokenizers;

/// <summary>
/// SmolLM's words: every digit is one, and what lies between digits is split as GPT-2 does, as if it were a text of its own.
/// </summary>
internal sealed class SmolLmSplitter : WordSplitter
{
    private readonly Gpt2Splitter _between = new();

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<byte> text, int offset, List<int> ends)
    {
        for (int position = 0; position < text.Length;)
        {
            int end;
            if (CodePoints.ClassAt(text, position, out int length) == CharClass.Number)
            {
                end = position + length;
                ends.Add(offset + end);
            }
            else
            {
                end = CodePoints.SkipUntil(text, position + length, CharClass.Number);
                _between.Split(text[position..end], offset + position, ends);
            }
            position = end;
        }
    }
}
