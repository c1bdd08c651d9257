namespace Quipu.Tokenizers;

/// <summary>A join that may be made.</summary>
/// <param name="Key">The order in the upper half, the left symbol's index in the lower: less comes sooner.</param>
/// <param name="Length">Bytes of the two symbols together.</param>
/// <param name="Id">The piece that they make.</param>
internal readonly record struct Merge(ulong Key, int Length, int Id);

/// <summary>
/// Joins by their order: a heap with four children to a node. Own code because the library's queue compares through a comparer, and
/// because a program that has just started compiles five methods of this one and fifteen of that.
/// </summary>
internal sealed class MergeQueue
{
    private const int Children = 4;

    private Merge[] _heap = new Merge[64];
    private int _count;

    /// <summary>Adds a join.</summary>
    public void Enqueue(Merge merge)
    {
        if (_count == _heap.Length)
            Grow();
        var heap = _heap;
        int index = _count++;
        while (index > 0)
        {
            int parent = (index - 1) / Children;
            if (heap[parent].Key <= merge.Key)
                break;
            heap[index] = heap[parent];
            index = parent;
        }
        heap[index] = merge;
    }

    /// <summary>Takes the join that comes first.</summary>
    public bool TryDequeue(out Merge merge)
    {
        if (_count == 0)
        {
            merge = default;
            return false;
        }
        merge = _heap[0];
        _count--;
        if (_count > 0)
            SinkFromRoot(_heap[_count]);
        return true;
    }

    private void SinkFromRoot(Merge merge)
    {
        var heap = _heap.AsSpan(0, _count);
        int index = 0;
        for (int child = 1; child < heap.Length; child = (index * Children) + 1)
        {
            int least = child;
            ulong leastKey = heap[child].Key;
            int end = Math.Min(child + Children, heap.Length);
            for (child++; child < end; child++)
            {
                if (heap[child].Key >= leastKey)
                    continue;
                least = child;
                leastKey = heap[child].Key;
            }
            if (merge.Key <= leastKey)
                break;
            heap[index] = heap[least];
            index = least;
        }
        heap[index] = merge;
    }

    private void Grow()
    {
        var larger = new Merge[_heap.Length * 2];
        _heap.CopyTo(larger, 0);
        _heap = larger;
    }
}
