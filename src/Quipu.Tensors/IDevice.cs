namespace Quipu.Tensors;

/// <summary>
/// What a model is written in: coarse operations over activations, each one call per layer step. A CPU runs them at once, a GPU may
/// record them. Buffers, weights and caches belong to the device that made them. Shapes are checked by the model when it loads;
/// an operation uses the first <c>rows</c> rows of its buffers. Not thread-safe: one forward pass at a time.
/// </summary>
public interface IDevice : IDisposable
{
    /// <summary>What really runs, line by line: device, instruction set, threads, kernels. For the user's eyes.</summary>
    DeviceDescription Description { get; }

    /// <summary>Bytes that the device holds now for activations and scratch; weights and caches are apart.</summary>
    long WorkingBytes { get; }

    /// <summary>Makes a weight matrix available to the device.</summary>
    /// <exception cref="NotSupportedException">The device has no kernel for the type.</exception>
    DeviceWeight LoadWeight(TensorView view);

    /// <summary>Makes a buffer of activations, [rows, columns], with undefined content.</summary>
    DeviceBuffer CreateBuffer(int rows, int columns);

    /// <summary>Makes the cache of one layer. Memory that was never written is not resident where the system allows it.</summary>
    /// <exception cref="NotSupportedException">The device has no such cache: another type, or heads that are no whole number of its blocks.</exception>
    DeviceCache CreateCache(CacheShape shape);

    /// <summary>Copies one block of K and V onto another of the same cache.</summary>
    void CopyBlock(DeviceCache cache, int source, int destination);

    /// <summary>output[i] = scale · table[tokens[i]].</summary>
    void EmbedRows(DeviceWeight table, ReadOnlySpan<int> tokens, float scale, DeviceBuffer output);

    /// <summary>For each projection: output = input · weightᵀ (+ bias). All share one input, so it is prepared once.</summary>
    void MatMul(DeviceBuffer input, int rows, ReadOnlySpan<Projection> projections);

    /// <summary>output = input / rms(input) · gain, row by row. Input and output may be the same buffer.</summary>
    void RmsNorm(DeviceBuffer input, int rows, DeviceWeight gain, float epsilon, DeviceBuffer output);

    /// <summary>residual += input / rms(input) · gain, row by row.</summary>
    void RmsNormAdd(DeviceBuffer input, int rows, DeviceWeight gain, float epsilon, DeviceBuffer residual);

    /// <summary>As <see cref="RmsNorm"/>, but over each head of a row, in place. <paramref name="gain"/> has one head's length.</summary>
    void RmsNormHeads(DeviceBuffer values, int rows, DeviceWeight gain, float epsilon);

    /// <summary>residual += input.</summary>
    void Add(DeviceBuffer input, int rows, DeviceBuffer residual);

    /// <summary>gate = gelu_tanh(gate) · up.</summary>
    void GeluMul(DeviceBuffer gate, DeviceBuffer up, int rows);

    /// <summary>gate = silu(gate) · up.</summary>
    void SiluMul(DeviceBuffer gate, DeviceBuffer up, int rows);

    /// <summary>
    /// Fills a table of rotations, once per forward pass and kind: row i holds cos and sin of positions[i] · frequencies[j], times
    /// <paramref name="magnitude"/>, as [cos 0, sin 0, cos 1, sin 1, …].
    /// </summary>
    void RopeTable(ReadOnlySpan<int> positions, ReadOnlySpan<float> frequencies, float magnitude, DeviceBuffer table);

    /// <summary>
    /// Rotates each head of each row in place by the row's table. <see cref="RopeStyle.Norm"/> turns neighbours (2j, 2j+1),
    /// <see cref="RopeStyle.Neox"/> halves (j, j + n/2), where n is the table's width; elements beyond n stay.
    /// </summary>
    void Rope(DeviceBuffer values, int rows, int headDim, DeviceBuffer table, RopeStyle style);

    /// <summary>Writes the K and V of a pass's rows into the cache at their positions.</summary>
    void StoreKeyValue(DeviceBuffer keys, DeviceBuffer values, ReadOnlySpan<AttentionSegment> segments, DeviceCache cache);

    /// <summary>
    /// Causal attention of each row over the positions of its own sequence up to and including its own:
    /// output = softmax(scale · q·K) · V per head, grouped heads sharing K and V.
    /// </summary>
    /// <param name="queries">[rows, heads, headDim].</param>
    /// <param name="segments">Which rows belong to which sequence, and where its blocks are.</param>
    /// <param name="cache">The layer's cache; the rows' own K and V are already stored.</param>
    /// <param name="scale">Factor of q·K.</param>
    /// <param name="window">A row at p sees positions above p − window; 0: all.</param>
    /// <param name="output">[rows, heads, headDim].</param>
    void Attend(DeviceBuffer queries, ReadOnlySpan<AttentionSegment> segments, DeviceCache cache, float scale, int window, DeviceBuffer output);

    /// <summary>output[i] = input[rowIndices[i]].</summary>
    void GatherRows(DeviceBuffer input, ReadOnlySpan<int> rowIndices, DeviceBuffer output);

    /// <summary>Copies one row to the host, after everything recorded so far has run.</summary>
    void ReadRow(DeviceBuffer buffer, int row, Span<float> destination);
}

/// <summary>One matrix product of a <see cref="IDevice.MatMul"/>.</summary>
/// <param name="Weight">[outputs, inputs].</param>
/// <param name="Output">[rows, outputs].</param>
/// <param name="Bias">[outputs], or null.</param>
public readonly record struct Projection(DeviceWeight Weight, DeviceBuffer Output, DeviceWeight? Bias = null);

/// <summary>Which elements a rotary embedding pairs.</summary>
public enum RopeStyle
{
    /// <summary>Neighbours: (0, 1), (2, 3), …</summary>
    Norm,
    /// <summary>Halves: (0, n/2), (1, n/2 + 1), …</summary>
    Neox,
}

/// <summary>Rows of a pass that are consecutive positions of one sequence.</summary>
/// <param name="FirstRow">First row of the pass.</param>
/// <param name="RowCount">How many rows.</param>
/// <param name="FirstPosition">Position of the first row in its sequence.</param>
/// <param name="Blocks">Physical block of each <see cref="CacheShape.BlockLength"/> positions; −1 where it was let go behind the window.</param>
public readonly record struct AttentionSegment(int FirstRow, int RowCount, int FirstPosition, ReadOnlyMemory<int> Blocks);

/// <summary>What a device really is and uses.</summary>
/// <param name="Name">The device, e.g. the CPU's name.</param>
/// <param name="InstructionSet">The kernels' instruction set, e.g. <c>AVX-512</c>, <c>AVX2</c>, <c>AdvSimd</c>, <c>scalar</c>.</param>
/// <param name="Threads">Threads that compute.</param>
/// <param name="Details">Further lines: notable fallbacks first.</param>
public sealed record DeviceDescription(string Name, string InstructionSet, int Threads, IReadOnlyList<string> Details);
