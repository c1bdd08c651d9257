using System.Buffers;
using Quipu.Tokenizers.PreTokenizers;

namespace Quipu.Tokenizers;

/// <summary>
/// Byte-level BPE (GPT-2, Llama 3, Qwen, SmolLM): text falls into words; a word's bytes, each a piece, are joined as the vocabulary's
/// list of merges says.
/// </summary>
internal sealed class ByteLevelTokenizer : Tokenizer
{
    private readonly MergeTable _merges;
    private readonly PreTokenizer _preTokenizer;

    /// <summary>The piece of each byte, or −1: small vocabularies lack bytes that their training text had not.</summary>
    private readonly int[] _byteIds;

    /// <summary>Makes a tokenizer.</summary>
    public ByteLevelTokenizer(Vocabulary vocabulary, MergeTable merges, PreTokenizer preTokenizer)
        : base(vocabulary)
    {
        _merges = merges;
        _preTokenizer = preTokenizer;
        _byteIds = new int[256];
        Span<byte> letter = stackalloc byte[ByteAlphabet.MaximumLength];
        for (int value = 0; value < _byteIds.Length; value++)
            _byteIds[value] = vocabulary.Table.Find(letter[..ByteAlphabet.Write([(byte)value], letter)]);
    }

    /// <inheritdoc/>
    public override bool CleansSpaces => _preTokenizer.CleanSpaces;

    private protected override void EncodeText(ReadOnlySpan<byte> text, bool atStart, PairMerger workspace, List<int> ids)
    {
        List<int> ends = [];
        _preTokenizer.Splitter.Split(text, 0, ends);
        int start = 0;
        foreach (int end in ends)
        {
            var word = text[start..end];
            if (_preTokenizer.IgnoreMerges && FindWord(word) is >= 0 and int id)
                ids.Add(id);
            else
                EncodeWord(word, workspace, ids);
            start = end;
        }
    }

    private protected override byte[] ReadNormal(ReadOnlySpan<byte> piece) => ByteAlphabet.Read(piece);

    /// <summary>The piece that is a whole word, or −1.</summary>
    private int FindWord(ReadOnlySpan<byte> word)
    {
        if (word.Length > Vocabulary.Table.LongestPiece)
            return -1;
        byte[] piece = ArrayPool<byte>.Shared.Rent(word.Length * ByteAlphabet.MaximumLength);
        int id = Vocabulary.Table.Find(piece.AsSpan(0, ByteAlphabet.Write(word, piece)));
        ArrayPool<byte>.Shared.Return(piece);
        return id;
    }

    private void EncodeWord(ReadOnlySpan<byte> word, PairMerger workspace, List<int> ids)
    {
        workspace.Clear();
        for (int i = 0; i < word.Length; i++)
            workspace.Add(i, 1, _byteIds[word[i]]);
        workspace.Run(new Rule(_merges));
        var symbols = workspace.Symbols;
        for (int i = 0; i >= 0; i = symbols[i].Next)
            if (symbols[i].Id >= 0)
                ids.Add(symbols[i].Id);
    }

    private readonly struct Rule(MergeTable merges) : IMergeRule
    {
        public bool TryMerge(in Symbol left, in Symbol right, out uint order, out int id) =>
            merges.TryFind(left.Id, right.Id, out order, out id);
    }
}
