using System.Buffers;
using System.Text;

namespace Quipu.Tokenizers;

/// <summary>
/// SentencePiece BPE (Llama 2, Mistral, Gemma): blanks are written U+2581; characters are joined to pieces, those with the best score
/// first; a character that is in no piece becomes its bytes.
/// </summary>
internal sealed class SentencePieceTokenizer : Tokenizer
{
    private readonly float[] _scores;

    /// <summary>The token of each byte; −1 where the vocabulary has neither that nor a token for unknown text.</summary>
    private readonly int[] _byteIds;

    private SearchValues<byte>? _bytesBeforeBlank;

    /// <summary>Makes a tokenizer.</summary>
    public SentencePieceTokenizer(Vocabulary vocabulary, float[] scores)
        : base(vocabulary)
    {
        _scores = scores;
        _byteIds = BytePiece.FindAll(vocabulary.Table, vocabulary.Unknown ?? -1);
    }

    /// <summary>How a blank is written.</summary>
    private static ReadOnlySpan<byte> Blank => "\u2581"u8;

    private protected override void EncodeText(ReadOnlySpan<byte> text, bool atStart, PairMerger workspace, List<int> ids)
    {
        byte[] escaped = ArrayPool<byte>.Shared.Rent((text.Length + 1) * Blank.Length);
        int length = Escape(text, AddSpacePrefix && atStart, escaped);
        // Two threads may both make the set: they make the same.
        _bytesBeforeBlank ??= FindBytesBeforeBlank();
        for (var rest = escaped.AsSpan(0, length); !rest.IsEmpty;)
        {
            int end = ChunkEnd(rest);
            EncodeChunk(rest[..end], workspace, ids);
            rest = rest[end..];
        }
        ArrayPool<byte>.Shared.Return(escaped);
    }

    private protected override byte[] ReadNormal(ReadOnlySpan<byte> piece)
    {
        byte[] bytes = new byte[piece.Length];
        int length = 0;
        for (int i = 0; i < piece.Length;)
        {
            bool blank = piece[i..].StartsWith(Blank);
            bytes[length++] = blank ? (byte)' ' : piece[i];
            i += blank ? Blank.Length : 1;
        }
        return bytes.AsSpan(0, length).ToArray();
    }

    private static int Escape(ReadOnlySpan<byte> text, bool prefix, Span<byte> destination)
    {
        int length = 0;
        if (prefix)
        {
            Blank.CopyTo(destination);
            length = Blank.Length;
        }
        while (!text.IsEmpty)
        {
            int run = text.IndexOf((byte)' ');
            if (run < 0)
                run = text.Length;
            text[..run].CopyTo(destination[length..]);
            length += run;
            text = text[run..];
            if (text.IsEmpty)
                break;
            Blank.CopyTo(destination[length..]);
            length += Blank.Length;
            text = text[1..];
        }
        return length;
    }

    /// <summary>
    /// Where the text can be cut without changing the result: before a blank, if no piece has a blank behind the byte before it. So
    /// ordinary text is merged word by word, in small queues, though the vocabulary knows no words.
    /// </summary>
    private int ChunkEnd(ReadOnlySpan<byte> text)
    {
        for (int position = 1; position < text.Length; position++)
        {
            int blank = text[position..].IndexOf(Blank);
            if (blank < 0)
                break;
            position += blank;
            if (!_bytesBeforeBlank!.Contains(text[position - 1]))
                return position;
        }
        return text.Length;
    }

    /// <summary>The bytes that stand before a blank within any piece.</summary>
    private SearchValues<byte> FindBytesBeforeBlank()
    {
        Span<bool> found = stackalloc bool[256];
        for (int id = 0; id < VocabularySize; id++)
        {
            var piece = Vocabulary.Pieces[id];
            for (int position = 1; position < piece.Length; position++)
            {
                int blank = piece[position..].IndexOf(Blank);
                if (blank < 0)
                    break;
                position += blank;
                found[piece[position - 1]] = true;
            }
        }
        List<byte> bytes = [];
        for (int value = 0; value < found.Length; value++)
            if (found[value])
                bytes.Add((byte)value);
        return SearchValues.Create([.. bytes]);
    }

    private void EncodeChunk(ReadOnlySpan<byte> chunk, PairMerger workspace, List<int> ids)
    {
        workspace.Clear();
        for (int start = 0; start < chunk.Length;)
        {
            int length = CharacterLength(chunk[start..]);
            workspace.Add(start, length, -1);
            start += length;
        }
        workspace.Run(new Rule(chunk, Vocabulary.Table, _scores));

        var symbols = workspace.Symbols;
        for (int i = 0; i >= 0; i = symbols[i].Next)
        {
            var text = chunk.Slice(symbols[i].Start, symbols[i].Length);
            int id = symbols[i].Id >= 0 ? symbols[i].Id : Vocabulary.Table.Find(text);
            if (id >= 0)
                ids.Add(id);
            else
                AddBytes(text, ids);
        }
    }

    private void AddBytes(ReadOnlySpan<byte> text, List<int> ids)
    {
        foreach (byte value in text)
            if (_byteIds[value] >= 0)
                ids.Add(_byteIds[value]);
    }

    /// <summary>Bytes of the first character; a byte that begins none counts alone.</summary>
    private static int CharacterLength(ReadOnlySpan<byte> text)
    {
        if (text[0] < 0x80)
            return 1;
        return Rune.DecodeFromUtf8(text, out _, out int length) == OperationStatus.Done ? length : 1;
    }

    private readonly ref struct Rule(ReadOnlySpan<byte> text, PieceTable table, float[] scores) : IMergeRule
    {
        private readonly ReadOnlySpan<byte> _text = text;

        public bool TryMerge(in Symbol left, in Symbol right, out uint order, out int id)
        {
            id = table.Find(_text.Slice(left.Start, left.Length + right.Length));
            order = id < 0 ? 0 : Order(scores[id]);
            return id >= 0;
        }

        /// <summary>A number that is less where the score is better.</summary>
        private static uint Order(float score)
        {
            // Adding 0 makes −0 to 0: they are equal scores. Negative floats count backwards as integers.
            uint bits = BitConverter.SingleToUInt32Bits(score + 0f);
            uint ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
            return ~ascending;
        }
    }
}
