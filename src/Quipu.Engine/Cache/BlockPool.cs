using Quipu.Tensors;

namespace Quipu.Engine.Cache;

/// <summary>
/// The cache blocks of the layers that share a window: each holds <see cref="BlockLength"/> positions of K and V in every one of those
/// layers. Blocks are counted, so that sequences share a prefix without copying.
/// </summary>
internal sealed class BlockPool
{
    private readonly IDevice _device;
    private readonly DeviceCache[] _layers;
    private readonly int[] _references; // [blocks]; 0: free
    private readonly Stack<int> _free;

    public BlockPool(IDevice device, DeviceCache[] layers, int blocks, int blockLength)
    {
        _device = device;
        _layers = layers;
        _references = new int[blocks];
        _free = new Stack<int>(blocks);
        for (int block = blocks - 1; block >= 0; block--)
            _free.Push(block);
        BlockLength = blockLength;
    }

    public int BlockLength { get; }

    public int FreeBlocks => _free.Count;

    public int UsedBlocks => _references.Length - _free.Count;

    /// <summary>Takes a free block.</summary>
    /// <exception cref="ContextFullException">None is free.</exception>
    public int Take()
    {
        if (!_free.TryPop(out int block))
            throw new ContextFullException($"All {_references.Length} cache blocks of {BlockLength} positions are in use by other sequences.");
        _references[block] = 1;
        return block;
    }

    public bool IsShared(int block) => _references[block] > 1;

    public void Share(int block) => _references[block]++;

    public void Release(int block)
    {
        if (--_references[block] == 0)
            _free.Push(block);
    }

    /// <summary>Returns a block that only the caller refers to: the same, or a copy of it.</summary>
    public int MakePrivate(int block)
    {
        if (_references[block] == 1)
            return block;
        int copy = Take();
        foreach (var layer in _layers)
            _device.CopyBlock(layer, block, copy);
        Release(block);
        return copy;
    }
}
