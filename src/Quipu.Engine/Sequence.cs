using Quipu.Engine.Cache;
using Quipu.Models;

namespace Quipu.Engine;

/// <summary>
/// A run of tokens whose keys and values are in the cache. Made by <see cref="InferenceContext.CreateSequence"/>; grows by
/// <see cref="InferenceContext.Forward"/>. Not thread-safe.
/// </summary>
public sealed class Sequence : IDisposable
{
    private readonly InferenceContext _context;
    private readonly BlockTable _full;
    private readonly BlockTable _sliding;
    private readonly List<int> _tokens = [];

    internal Sequence(InferenceContext context, BlockTable full, BlockTable sliding)
    {
        _context = context;
        _full = full;
        _sliding = sliding;
    }

    /// <summary>The tokens in the cache.</summary>
    public ReadOnlySpan<int> Tokens => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tokens);

    /// <summary>How many.</summary>
    public int Length => _tokens.Count;

    /// <summary>The context it belongs to.</summary>
    internal InferenceContext Context => _context;

    /// <summary>
    /// Keeps the first <paramref name="length"/> tokens and forgets the rest. Where sliding layers have already let go of what the next
    /// row would see, nothing can be kept.
    /// </summary>
    /// <returns>How many tokens are really kept: <paramref name="length"/> or 0.</returns>
    public int Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length >= Length)
            return Length;
        int kept = CanKeep(length) ? length : 0;
        _full.Truncate(kept);
        _sliding.Truncate(kept);
        _tokens.RemoveRange(kept, _tokens.Count - kept);
        return kept;
    }

    /// <summary>Whether the next row could come behind the first <paramref name="length"/> tokens: sliding layers have not let go of what it would see.</summary>
    internal bool CanKeep(int length) => length >= Length || _sliding.Covers(length);

    /// <summary>Keeps the longest prefix that this sequence has in common with <paramref name="tokens"/>, and at most <paramref name="limit"/> of it.</summary>
    /// <returns>How many tokens are kept.</returns>
    public int KeepCommonPrefix(ReadOnlySpan<int> tokens, int limit)
    {
        int common = Tokens.CommonPrefixLength(tokens);
        return Truncate(Math.Min(common, limit));
    }

    /// <summary>Makes a second sequence with the same tokens, sharing the cache; whoever writes into a shared block first gets a copy of it.</summary>
    public Sequence Fork() => ForkInto(_context.CreateSequence(), Length);

    /// <summary>A fork of the first <paramref name="length"/> tokens, which <see cref="CanKeep"/>; not counted, see <see cref="InferenceContext.OpenSequence"/>.</summary>
    internal Sequence ForkAt(int length) => ForkInto(_context.OpenSequence(), length);

    private Sequence ForkInto(Sequence fork, int length)
    {
        fork._full.ShareFrom(_full, length);
        fork._sliding.ShareFrom(_sliding, length);
        fork._tokens.AddRange(Tokens[..length]);
        return fork;
    }

    /// <summary>Blocks of both pools that appending <paramref name="count"/> tokens takes.</summary>
    internal (int Full, int Sliding) BlocksFor(int count) => (_full.BlocksFor(Length, Length + count), _sliding.BlocksFor(Length, Length + count));

    /// <summary>Makes room for <paramref name="count"/> more positions.</summary>
    internal SequenceBlocks Extend(int count)
    {
        _full.Extend(Length, Length + count);
        _sliding.Extend(Length, Length + count);
        return new SequenceBlocks(_full.Blocks, _sliding.Blocks);
    }

    /// <summary>Takes back room that <see cref="Extend"/> made for a pass that failed.</summary>
    internal void CancelExtend()
    {
        _full.Truncate(Length);
        _sliding.Truncate(Length);
    }

    internal void Commit(ReadOnlySpan<int> tokens)
    {
        _tokens.AddRange(tokens);
        _sliding.Slide(Length);
    }

    /// <summary>Gives the cache blocks back.</summary>
    public void Dispose()
    {
        _full.Truncate(0);
        _sliding.Truncate(0);
        _tokens.Clear();
        _context.Forget(this);
    }
}
