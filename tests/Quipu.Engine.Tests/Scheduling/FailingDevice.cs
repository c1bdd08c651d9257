using Quipu.Tensors;

namespace Quipu.Engine.Tests.Scheduling;

/// <summary>A device that breaks down when it is told to.</summary>
internal sealed class FailingDevice(IDevice device) : IDevice
{
    private int _passesUntilFailure = -1;

    public DeviceDescription Description => device.Description;

    public long WorkingBytes => device.WorkingBytes;

    /// <summary>Lets the pass after <paramref name="passes"/> others fail.</summary>
    public void FailAfter(int passes) => _passesUntilFailure = passes;

    public DeviceWeight LoadWeight(TensorView view) => device.LoadWeight(view);

    public DeviceBuffer CreateBuffer(int rows, int columns) => device.CreateBuffer(rows, columns);

    public DeviceCache CreateCache(CacheShape shape) => device.CreateCache(shape);

    public void CopyBlock(DeviceCache cache, int source, int destination) => device.CopyBlock(cache, source, destination);

    // The first operation of a pass.
    public void EmbedRows(DeviceWeight table, ReadOnlySpan<int> tokens, float scale, DeviceBuffer output)
    {
        if (_passesUntilFailure >= 0 && _passesUntilFailure-- == 0)
            throw new IOException("The device is gone.");
        device.EmbedRows(table, tokens, scale, output);
    }

    public void MatMul(DeviceBuffer input, int rows, ReadOnlySpan<Projection> projections) => device.MatMul(input, rows, projections);

    public void RmsNorm(DeviceBuffer input, int rows, DeviceWeight gain, float epsilon, DeviceBuffer output) =>
        device.RmsNorm(input, rows, gain, epsilon, output);

    public void RmsNormAdd(DeviceBuffer input, int rows, DeviceWeight gain, float epsilon, DeviceBuffer residual) =>
        device.RmsNormAdd(input, rows, gain, epsilon, residual);

    public void RmsNormHeads(DeviceBuffer values, int rows, DeviceWeight gain, float epsilon) => device.RmsNormHeads(values, rows, gain, epsilon);

    public void Add(DeviceBuffer input, int rows, DeviceBuffer residual) => device.Add(input, rows, residual);

    public void GeluMul(DeviceBuffer gate, DeviceBuffer up, int rows) => device.GeluMul(gate, up, rows);

    public void SiluMul(DeviceBuffer gate, DeviceBuffer up, int rows) => device.SiluMul(gate, up, rows);

    public void RopeTable(ReadOnlySpan<int> positions, ReadOnlySpan<float> frequencies, float magnitude, DeviceBuffer table) =>
        device.RopeTable(positions, frequencies, magnitude, table);

    public void Rope(DeviceBuffer values, int rows, int headDim, DeviceBuffer table, RopeStyle style) =>
        device.Rope(values, rows, headDim, table, style);

    public void StoreKeyValue(DeviceBuffer keys, DeviceBuffer values, ReadOnlySpan<AttentionSegment> segments, DeviceCache cache) =>
        device.StoreKeyValue(keys, values, segments, cache);

    public void Attend(
        DeviceBuffer queries, ReadOnlySpan<AttentionSegment> segments, DeviceCache cache, float scale, int window, DeviceBuffer output) =>
        device.Attend(queries, segments, cache, scale, window, output);

    public void GatherRows(DeviceBuffer input, ReadOnlySpan<int> rowIndices, DeviceBuffer output) => device.GatherRows(input, rowIndices, output);

    public void ReadRow(DeviceBuffer buffer, int row, Span<float> destination) => device.ReadRow(buffer, row, destination);

    public void Dispose() => device.Dispose();
}
