using Quipu.Tensors;

namespace Quipu.Models;

/// <summary>
/// The last step of every architecture: final norm and logits, for the rows that asked only. Logits are computed in chunks when they
/// are read: a row of Gemma's is 1 MB, so a pass that wants 512 of them never holds them all at once.
/// </summary>
internal sealed class OutputLayer(IDevice device, DeviceWeight norm, DeviceWeight output, float epsilon) : IDisposable
{
    private const int ChunkRows = 64;

    private DeviceBuffer? _hidden; // [maxRows, n_embd]
    private DeviceBuffer? _chunk;  // [ChunkRows, n_embd]
    private DeviceBuffer? _logits; // [ChunkRows, n_vocab]
    private readonly int[] _chunkIndices = new int[ChunkRows];
    private int _rows;
    private int _chunkStart = -1;

    public int VocabularySize => output.View.Rows;

    public void Reserve(int maxRows)
    {
        Dispose();
        _hidden = device.CreateBuffer(maxRows, output.View.Columns);
        _chunk = device.CreateBuffer(ChunkRows, output.View.Columns);
        _logits = device.CreateBuffer(ChunkRows, VocabularySize);
    }

    /// <summary>Keeps the normalised hidden states of the rows that asked.</summary>
    public void Keep(DeviceBuffer hidden, ReadOnlySpan<int> rows)
    {
        _rows = rows.Length;
        _chunkStart = -1;
        if (_rows == 0)
            return;
        device.GatherRows(hidden, rows, _hidden!);
        device.RmsNorm(_hidden!, _rows, norm, epsilon, _hidden!);
    }

    public void Read(int index, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _rows);
        int start = index - index % ChunkRows;
        if (start != _chunkStart)
            Compute(start);
        device.ReadRow(_logits!, index - start, logits);
    }

    private void Compute(int start)
    {
        int count = Math.Min(ChunkRows, _rows - start);
        for (int i = 0; i < count; i++)
            _chunkIndices[i] = start + i;
        device.GatherRows(_hidden!, _chunkIndices.AsSpan(0, count), _chunk!);
        device.MatMul(_chunk!, count, [new Projection(output, _logits!)]);
        _chunkStart = start;
    }

    public void Dispose()
    {
        _hidden?.Dispose();
        _chunk?.Dispose();
        _logits?.Dispose();
        _hidden = _chunk = _logits = null;
        _rows = 0;
    }
}
