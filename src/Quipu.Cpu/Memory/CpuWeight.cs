using System.Runtime.CompilerServices;
using Quipu.Cpu.Expand;
using Quipu.Tensors;

namespace Quipu.Cpu.Memory;

/// <summary>A weight matrix where it lies, with what the kernels need to know about it.</summary>
internal sealed unsafe class CpuWeight : DeviceWeight
{
    private readonly float[]? _decodedVector;
    private readonly byte[]? _lastRows;

    private CpuWeight(TensorView view, TensorFormat format, PanelExpander expander, bool isQuantized, float[]? decodedVector, byte[]? lastRows)
        : base(view)
    {
        Format = format;
        RowBytes = format.RowBytes(view.Columns);
        Expander = expander;
        IsQuantized = isQuantized;
        _decodedVector = decodedVector;
        _lastRows = lastRows;
    }

    /// <summary>First byte.</summary>
    public byte* Data => (byte*)View.Data;

    /// <summary>Bytes of a row.</summary>
    public long RowBytes { get; }

    /// <summary>The scalar codec.</summary>
    public TensorFormat Format { get; }

    /// <summary>Whether rows are expanded to integers; otherwise they are F32, F16 or BF16.</summary>
    public bool IsQuantized { get; }

    /// <summary>How a quantized row is expanded.</summary>
    public PanelExpander Expander { get; }

    /// <summary>
    /// The rows after the last whole panel, with zeros behind them: a panel is always whole, and nothing may be read behind the file. Null where
    /// there are none.
    /// </summary>
    public byte* LastRows => _lastRows is null ? null : (byte*)Unsafe.AsPointer(ref _lastRows[0]);

    /// <summary>
    /// The elements of a weight of one row as F32: where it lies if that is F32, else decoded when it was loaded. Null for a matrix.
    /// </summary>
    public float* Vector =>
        View.Rows != 1 ? null
        : _decodedVector is null ? (float*)View.Data
        : (float*)Unsafe.AsPointer(ref _decodedVector[0]);

    /// <summary>Prepares a matrix for the kernels of an instruction set.</summary>
    /// <exception cref="NotSupportedException">There is no kernel for its type.</exception>
    /// <exception cref="ArgumentException">Its shape does not fit its type.</exception>
    public static CpuWeight Load(TensorView view, InstructionSet set)
    {
        if (!TensorFormats.TryGet(view.Type, out var format))
            throw new NotSupportedException($"Tensor '{view.Name}': the CPU has no kernel for the type {view.Type} ({(uint)view.Type}).");
        if (view.Data == 0 || view.Rows < 1 || view.Columns < 1)
            throw new ArgumentException($"Tensor '{view.Name}' is empty: {view.Rows} rows of {view.Columns}.", nameof(view));
        if (view.Columns % format.BlockLength != 0)
        {
            throw new ArgumentException(
                $"Tensor '{view.Name}': rows of {view.Columns} elements are no whole number of {view.Type} blocks of {format.BlockLength}.",
                nameof(view));
        }

        bool isQuantized = PanelExpanders.IsQuantized(view.Type);
        if (!isQuantized && view.Type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16))
            throw new NotSupportedException($"Tensor '{view.Name}': the CPU has no kernel for the type {view.Type}.");
        return new CpuWeight(
            view, format, isQuantized ? PanelExpanders.For(view.Type, set) : default, isQuantized, DecodeVector(view, format),
            isQuantized ? CopyLastRows(view, format, WeightPanel.LanesOf(set)) : null);
    }

    // Gains and biases are read as F32. Their size is a row's, so a copy of those stored otherwise costs nothing.
    private static float[]? DecodeVector(TensorView view, TensorFormat format)
    {
        if (view.Rows != 1 || view.Type == TensorType.F32) return null;
        float[] decoded = GC.AllocateUninitializedArray<float>(view.Columns, pinned: true);
        format.Decode(view.Row(0), decoded);
        return decoded;
    }

    private static byte[]? CopyLastRows(TensorView view, TensorFormat format, int lanes)
    {
        int count = view.Rows % lanes;
        if (count == 0) return null;
        long rowBytes = format.RowBytes(view.Columns);
        byte[] rows = GC.AllocateArray<byte>(checked((int)(lanes * rowBytes)), pinned: true);
        new ReadOnlySpan<byte>((byte*)view.Data + ((view.Rows - count) * rowBytes), (int)(count * rowBytes)).CopyTo(rows);
        return rows;
    }
}
