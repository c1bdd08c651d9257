using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Ops;

/// <summary>
/// Softmax-weighted sums that are still growing: for each row the largest score so far, the sum of e^(score − largest), and the values
/// summed with the same weights.
/// </summary>
internal readonly unsafe struct SoftmaxState
{
    /// <summary>Lays a state into memory of <see cref="Floats"/> elements.</summary>
    public SoftmaxState(float* memory, int rows, int headDim)
    {
        Rows = rows;
        HeadDim = headDim;
        Maximum = memory;
        Sum = memory + Align(rows);
        Output = memory + (2 * Align(rows));
    }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>Elements of a row's output.</summary>
    public int HeadDim { get; }

    /// <summary>[rows].</summary>
    public float* Maximum { get; }

    /// <summary>[rows].</summary>
    public float* Sum { get; }

    /// <summary>[rows, HeadDim].</summary>
    public float* Output { get; }

    /// <summary>Elements that a state needs: a multiple of 16.</summary>
    public static long Floats(int rows, int headDim) => (2 * Align(rows)) + Align((long)rows * headDim);

    /// <summary>A multiple of 16 elements, 64 bytes.</summary>
    public static long Align(long floats) => (floats + 15) / 16 * 16;

    /// <summary>Nothing seen yet. The lowest finite number, not −∞: a difference of two is 0, not NaN.</summary>
    public void Clear()
    {
        for (int row = 0; row < Rows; row++)
            Maximum[row] = float.MinValue;
        new Span<float>(Sum, Rows).Clear();
        new Span<float>(Output, Rows * HeadDim).Clear();
    }

    /// <summary>Adds what another state has seen. One that has seen nothing changes nothing, bit by bit.</summary>
    public void Merge<TLane>(in SoftmaxState other) where TLane : struct, ILane<TLane>
    {
        for (int row = 0; row < Rows; row++)
        {
            float maximum = Math.Max(Maximum[row], other.Maximum[row]);
            float own = LaneMath.Exp(new Lane1(Maximum[row] - maximum)).Value;
            float others = LaneMath.Exp(new Lane1(other.Maximum[row] - maximum)).Value;
            Maximum[row] = maximum;
            Sum[row] = (Sum[row] * own) + (other.Sum[row] * others);
            float* output = Output + ((long)row * HeadDim);
            float* added = other.Output + ((long)row * HeadDim);
            int i = 0;
            for (; i <= HeadDim - TLane.Count; i += TLane.Count)
            {
                TLane scaled = TLane.Load(output + i) * TLane.Broadcast(own);
                TLane.Store(TLane.MultiplyAdd(TLane.Load(added + i), TLane.Broadcast(others), scaled), output + i);
            }
            for (; i < HeadDim; i++)
                output[i] = (output[i] * own) + (added[i] * others);
        }
    }

    /// <summary>Raises a row's maximum and scales what it has summed to it.</summary>
    public void Raise<TLane>(int row, float maximum) where TLane : struct, ILane<TLane>
    {
        if (Maximum[row] == maximum)
            return;
        float factor = LaneMath.Exp(new Lane1(Maximum[row] - maximum)).Value;
        Maximum[row] = maximum;
        Sum[row] *= factor;
        Scale<TLane>(Output + ((long)row * HeadDim), factor, Output + ((long)row * HeadDim), HeadDim);
    }

    /// <summary>Writes a row's result: its output over its sum.</summary>
    public void WriteRow<TLane>(int row, float* destination) where TLane : struct, ILane<TLane> =>
        Scale<TLane>(Output + ((long)row * HeadDim), Sum[row] == 0 ? 0 : 1 / Sum[row], destination, HeadDim);

    /// <summary>destination = factor · source.</summary>
    public static void Scale<TLane>(float* source, float factor, float* destination, int count) where TLane : struct, ILane<TLane>
    {
        TLane factors = TLane.Broadcast(factor);
        int i = 0;
        for (; i <= count - TLane.Count; i += TLane.Count)
            TLane.Store(TLane.Load(source + i) * factors, destination + i);
        for (; i < count; i++)
            destination[i] = source[i] * factor;
    }
}
