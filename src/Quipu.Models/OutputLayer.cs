using Quipu.Tensors;

namespace Quipu.Models;

/// <summary>
/// The last step of every architecture: final norm and logits, for the rows that asked only. Logits are computed in chunks when they
/// are read: a row of Gemma's is 1 MB, so a pass that wants 512 of them never holds them all at once.
/// </summary>
internal sealed class OutputLayer(IDevice device, DeviceWeight norm, DeviceWeight output, float epsilon) : IDisposable
{
    private const int ChunkRows = 64;

    private DeviceBuffer? _hidden; // [maxRows, n_embd]: rows that want logits, then rows that want their hidden states
    private DeviceBuffer? _chunk;  // [ChunkRows, n_embd]
    private DeviceBuffer? _logits; // [ChunkRows, n_vocab]
    private readonly int[] _chunkIndices = new int[ChunkRows];
    private int[] _rows = [];
    private int _logitRows;
    private int _hiddenRows;
    private int _chunkStart = -1;

    public int VocabularySize => output.View.Rows;

    public void Reserve(int maxRows)
    {
        Dispose();
        _rows = new int[maxRows];
        _hidden = device.CreateBuffer(maxRows, output.View.Columns);
        _chunk = device.CreateBuffer(ChunkRows, output.View.Columns);
        _logits = device.CreateBuffer(ChunkRows, VocabularySize);
    }

    /// <summary>Keeps the normalised hidden states of the rows that asked.</summary>
    public void Keep(DeviceBuffer hidden, Batch batch)
    {
        _logitRows = batch.LogitRows.Length;
        _hiddenRows = batch.HiddenRows.Length;
        _chunkStart = -1;
        int kept = _logitRows + _hiddenRows;
        if (kept == 0)
            return;
        batch.LogitRows.CopyTo(_rows);
        batch.HiddenRows.CopyTo(_rows.AsSpan(_logitRows));
        device.GatherRows(hidden, _rows.AsSpan(0, kept), _hidden!);
        device.RmsNorm(_hidden!, kept, norm, epsilon, _hidden!);
    }

    public void ReadHidden(int index, Span<float> hidden)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _hiddenRows);
        device.ReadRow(_hidden!, _logitRows + index, hidden);
    }

    public void ReadLogits(int index, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _logitRows);
        int start = index - index % ChunkRows;
        if (start != _chunkStart)
            Compute(start);
        device.ReadRow(_logits!, index - start, logits);
    }

    private void Compute(int start)
    {
        int count = Math.Min(ChunkRows, _logitRows - start);
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
        _logitRows = _hiddenRows = 0;
    }
}
