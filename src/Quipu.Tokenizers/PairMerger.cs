using System.Runtime.CompilerServices;

namespace Quipu.Tokenizers;

/// <summary>A stretch of text that is one token, or will be a part of one.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its bytes; 0 once it has become a part of its left neighbour.</param>
/// <param name="Previous">Index of the left neighbour, or −1.</param>
/// <param name="Next">Index of the right neighbour, or −1.</param>
/// <param name="Id">The token, or −1 where no piece fits.</param>
internal record struct Symbol(int Start, int Length, int Previous, int Next, int Id);

/// <summary>Says which neighbours may be joined, and how soon.</summary>
internal interface IMergeRule
{
    /// <summary>Whether two neighbours make a piece.</summary>
    /// <param name="left">The left symbol.</param>
    /// <param name="right">The right symbol.</param>
    /// <param name="order">Joins with less are made sooner; among equals the leftmost.</param>
    /// <param name="id">The piece that they make.</param>
    bool TryMerge(in Symbol left, in Symbol right, out uint order, out int id);
}

/// <summary>
/// The merging at the heart of both kinds of BPE: as long as any two neighbours make a piece, join the pair that comes first in the
/// rule's order. A priority queue makes it O(n log n). One instance serves one call of the tokenizer and keeps its buffers from word
/// to word.
/// </summary>
internal sealed class PairMerger
{
    private readonly MergeQueue _queue = new();
    private Symbol[] _symbols = new Symbol[64];
    private int _count;

    /// <summary>The symbols; begin at 0 and follow <see cref="Symbol.Next"/> to see those that are left after merging.</summary>
    public ReadOnlySpan<Symbol> Symbols => _symbols.AsSpan(0, _count);

    /// <summary>Begins a new word.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds a symbol at the word's end.</summary>
    public void Add(int start, int length, int id)
    {
        if (_count == _symbols.Length)
            Array.Resize(ref _symbols, _count * 2);
        if (_count > 0)
            _symbols[_count - 1].Next = _count;
        _symbols[_count] = new Symbol(start, length, _count - 1, -1, id);
        _count++;
    }

    /// <summary>Joins until nothing is left to join.</summary>
    public void Run<TRule>(TRule rule)
        where TRule : IMergeRule, allows ref struct
    {
        for (int left = 0; left < _count - 1; left++)
            Offer(rule, left, left + 1);

        while (_queue.TryDequeue(out Merge merge))
        {
            int index = (int)(uint)merge.Key;
            ref Symbol left = ref _symbols[index];
            if (left.Length == 0 || left.Next < 0)
                continue;
            ref Symbol right = ref _symbols[left.Next];
            // One of the two has grown since: the pair that was meant is no more.
            if (left.Length + right.Length != merge.Length)
                continue;

            left.Length = merge.Length;
            left.Id = merge.Id;
            left.Next = right.Next;
            right.Length = 0;
            if (left.Next >= 0)
            {
                _symbols[left.Next].Previous = index;
                Offer(rule, index, left.Next);
            }
            if (left.Previous >= 0)
                Offer(rule, left.Previous, index);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Offer<TRule>(TRule rule, int left, int right)
        where TRule : IMergeRule, allows ref struct
    {
        if (rule.TryMerge(in _symbols[left], in _symbols[right], out uint order, out int id))
            _queue.Enqueue(new Merge(((ulong)order << 32) | (uint)left, _symbols[left].Length + _symbols[right].Length, id));
    }
}
