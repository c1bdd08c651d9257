namespace Quipu.Tokenizers.PreTokenizers;

/// <summary>
/// llama.cpp's words for a vocabulary that names no rule, or <c>default</c>. Four steps, each splitting what the one before left:
/// runs of punctuation (<c>[\p{P}$+&lt;=&gt;^~|]+</c>), GPT-2's words, runs of digits (<c>\p{N}+</c>), groups of three ASCII digits.
/// </summary>
internal sealed class DefaultSplitter : WordSplitter
{
    private readonly Gpt2Splitter _words = new();

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<byte> text, int offset, List<int> ends)
    {
        List<int> words = [];
        for (int position = 0; position < text.Length;)
        {
            int end = RunEnd(text, position);
            words.Clear();
            _words.Split(text[position..end], position, words);
            foreach (int word in words)
            {
                SplitDigits(text[position..word], offset + position, ends);
                position = word;
            }
        }
    }

    /// <summary>End of the run of punctuation, or of anything else, that begins at a position.</summary>
    private static int RunEnd(ReadOnlySpan<byte> text, int position)
    {
        bool punctuation = IsPunctuation(text, position, out int length);
        do
            position += length;
        while (position < text.Length && IsPunctuation(text, position, out length) == punctuation);
        return position;
    }

    private static bool IsPunctuation(ReadOnlySpan<byte> text, int position, out int length) =>
        CodePoints.ClassAt(text, position, out length) == CharClass.Punctuation || "$+<=>^~|"u8.Contains(text[position]);

    /// <summary>
    /// A word of GPT-2's holds digits only after an optional blank: the blank becomes a word, and the digits fall into groups.
    /// </summary>
    private static void SplitDigits(ReadOnlySpan<byte> word, int offset, List<int> ends)
    {
        int digits = word[0] == ' ' && word.Length > 1 ? 1 : 0;
        if (CodePoints.ClassAt(word, digits, out _) != CharClass.Number)
        {
            ends.Add(offset + word.Length);
            return;
        }
        if (digits > 0)
            ends.Add(offset + digits);
        int start = digits;
        for (int position = digits; position < word.Length;)
        {
            if (position + 3 <= word.Length && !word.Slice(position, 3).ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                if (position > start)
                    ends.Add(offset + position);
                position += 3;
                start = position;
                ends.Add(offset + position);
            }
            else
            {
                CodePoints.ClassAt(word, position, out int length);
                position += length;
            }
        }
        if (start < word.Length)
            ends.Add(offset + word.Length);
    }
}
