using System.Numerics;
using System.Runtime.CompilerServices;
using Quipu.Gguf;

namespace Quipu.Tokenizers;

/// <summary>The merges of a byte-level BPE vocabulary by the ids of the two pieces that they join.</summary>
internal sealed class MergeTable
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    private readonly Entry[] _entries;
    private readonly int _shift;
    private readonly ulong _seed = (uint)HashCode.Combine(0);

    /// <summary>Reads merges: each two pieces and a blank between them, the most important first.</summary>
    /// <exception cref="TokenizerException">A merge is malformed, or a piece of it is not in the vocabulary.</exception>
    public MergeTable(GgufStringArray merges, GgufStringArray pieces, PieceTable table)
    {
        uint capacity = BitOperations.RoundUpToPowerOf2((uint)Math.Max(merges.Count, 8) * 2);
        _entries = new Entry[capacity];
        _shift = 64 - BitOperations.Log2(capacity);
        byte[] joined = new byte[table.LongestPiece];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            ReadOnlySpan<byte> merge = merges[rank];
            int blank = merge.Length < 3 ? -1 : merge[1..].IndexOf((byte)' ') + 1;
            if (blank < 1)
                throw new TokenizerException(
                    $"tokenizer.ggml.merges: merge {rank} is {PieceText.Quote(merge)}, not two pieces with a blank between them.");
            int left = table.Find(merge[..blank]);
            int right = table.Find(merge[(blank + 1)..]);
            int result = -1;
            if (merge.Length - 1 <= joined.Length)
            {
                merge[..blank].CopyTo(joined);
                merge[(blank + 1)..].CopyTo(joined.AsSpan(blank));
                result = table.Find(joined.AsSpan(0, merge.Length - 1));
            }
            if (left < 0 || right < 0 || result < 0)
                throw new TokenizerException(
                    $"tokenizer.ggml.merges: merge {rank}, {PieceText.Quote(merge)}, {Fault(left, right)} not among the {pieces.Count} pieces.");
            Insert(left, right, rank, result);
        }
    }

    /// <summary>Finds the merge of two pieces.</summary>
    /// <param name="left">Id of the left piece.</param>
    /// <param name="right">Id of the right piece.</param>
    /// <param name="rank">Its place in the list: less is earlier.</param>
    /// <param name="result">Id of the joined piece.</param>
    public bool TryFind(int left, int right, out uint rank, out int result)
    {
        for (int slot = Slot(left, right); ; slot = Next(slot))
        {
            ref readonly Entry entry = ref _entries[slot];
            if (entry.RankPlusOne == 0)
            {
                rank = 0;
                result = -1;
                return false;
            }
            if (entry.Left == left && entry.Right == right)
            {
                rank = (uint)entry.RankPlusOne - 1;
                result = entry.Result;
                return true;
            }
        }
    }

    private static string Fault(int left, int right) =>
        left < 0 ? "begins with a piece that is" : right < 0 ? "ends with a piece that is" : "makes a piece that is";

    /// <summary>The first of equal merges counts.</summary>
    private void Insert(int left, int right, int rank, int result)
    {
        int slot = Slot(left, right);
        for (; _entries[slot].RankPlusOne != 0; slot = Next(slot))
            if (_entries[slot].Left == left && _entries[slot].Right == right)
                return;
        _entries[slot] = new Entry(left, right, rank + 1, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Slot(int left, int right)
    {
        ulong key = (((ulong)(uint)left << 32) | (uint)right) ^ _seed;
        key = (key ^ (key >> 31)) * Multiplier;
        return (int)(((key ^ (key >> 29)) * Multiplier) >> _shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Next(int slot) => (slot + 1) & (_entries.Length - 1);

    /// <summary>A slot; all zero where it is empty.</summary>
    private readonly record struct Entry(int Left, int Right, int RankPlusOne, int Result);
}
