namespace Quipu.Engine.Cache;

/// <summary>
/// One sequence's blocks in one pool: entry i is the block of positions from i · block length on, or <see cref="Released"/>.
/// With a window, blocks are let go once no coming row can see them, but for <paramref name="slack"/> positions that are kept so that
/// a short rewind need not compute everything again.
/// </summary>
/// <param name="pool">Where blocks come from.</param>
/// <param name="window">Positions that a row sees; 0: all.</param>
/// <param name="slack">Positions kept behind the window.</param>
internal sealed class BlockTable(BlockPool pool, int window, int slack)
{
    public const int Released = -1;

    private readonly List<int> _blocks = [];
    private int[] _snapshot = [];
    private int _firstKept;

    /// <summary>The table as the device wants it; valid until the next change.</summary>
    public ReadOnlyMemory<int> Blocks
    {
        get
        {
            if (_snapshot.Length < _blocks.Count)
                _snapshot = new int[Math.Max(16, _blocks.Count * 2)];
            _blocks.CopyTo(_snapshot);
            return _snapshot.AsMemory(0, _blocks.Count);
        }
    }

    /// <summary>Makes positions first..end−1 writable: takes missing blocks, copies a shared one.</summary>
    public void Extend(int first, int end)
    {
        int length = pool.BlockLength;
        if (first % length != 0 && first / length < _blocks.Count)
            _blocks[first / length] = pool.MakePrivate(_blocks[first / length]);
        while (_blocks.Count * length < end)
            _blocks.Add(pool.Take());
    }

    /// <summary>Blocks that <see cref="Extend"/> takes for positions first..end−1: missing ones, and a copy of a shared one.</summary>
    public int BlocksFor(int first, int end)
    {
        int length = pool.BlockLength;
        bool copies = first % length != 0 && first / length < _blocks.Count && pool.IsShared(_blocks[first / length]);
        return Math.Max(0, (end + length - 1) / length - _blocks.Count) + (copies ? 1 : 0);
    }

    /// <summary>Lets go of blocks that rows from position <paramref name="next"/> on, less the slack, cannot see.</summary>
    public void Slide(int next)
    {
        if (window == 0)
            return;
        int firstNeeded = Math.Max(0, next - slack - window + 1);
        for (; (_firstKept + 1) * pool.BlockLength <= firstNeeded; _firstKept++)
        {
            pool.Release(_blocks[_firstKept]);
            _blocks[_firstKept] = Released;
        }
    }

    /// <summary>Whether a row at <paramref name="position"/> finds everything that it sees.</summary>
    public bool Covers(int position) => window == 0 || Math.Max(0, position - window + 1) >= _firstKept * pool.BlockLength;

    /// <summary>Drops blocks that lie wholly at or beyond <paramref name="length"/> positions.</summary>
    public void Truncate(int length)
    {
        int keep = (length + pool.BlockLength - 1) / pool.BlockLength;
        for (int i = keep; i < _blocks.Count; i++)
            if (_blocks[i] != Released)
                pool.Release(_blocks[i]);
        if (keep < _blocks.Count)
            _blocks.RemoveRange(keep, _blocks.Count - keep);
        _firstKept = Math.Min(_firstKept, _blocks.Count);
    }

    /// <summary>Takes over another table's blocks up to <paramref name="length"/> positions, sharing them.</summary>
    public void ShareFrom(BlockTable other, int length)
    {
        Truncate(0);
        int count = (length + pool.BlockLength - 1) / pool.BlockLength;
        for (int i = 0; i < count; i++)
        {
            _blocks.Add(other._blocks[i]);
            if (other._blocks[i] != Released)
                pool.Share(other._blocks[i]);
        }

        _firstKept = Math.Min(other._firstKept, count);
    }
}
