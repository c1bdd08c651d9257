using Quipu.Cpu.Expand;
using Quipu.Cpu.MatMul;
using Quipu.Cpu.Memory;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.Tests.MatMul;

/// <summary>A random product of expanded weights and quantized activations, for any kernel.</summary>
internal sealed unsafe class TileCase
{
    /// <summary>Weight rows: whole panels on every instruction set.</summary>
    public const int WeightRows = 16;

    private readonly byte[] _weights; // [weight rows, columns]
    private readonly float[] _scales, _mins; // [weight rows, groups]
    private readonly sbyte[] _quants; // [rows, columns]
    private readonly float[] _activationScales; // [rows, columns / 32]
    private readonly int _groupLength;

    public TileCase(Random random, int columns, int rows, QuantRange range, bool unitScales)
    {
        (Columns, Rows, Range, _groupLength) = (columns, rows, range, QuantRanges.GroupLength(range));
        int groups = columns / _groupLength;
        _weights = [.. Enumerable.Range(0, WeightRows * columns).Select(_ => RandomWeight(random))];
        _scales = [.. Enumerable.Range(0, WeightRows * groups).Select(_ => unitScales ? 1 : random.NextSingle() - 0.3f)];
        _mins = [.. Enumerable.Range(0, WeightRows * groups).Select(_ => !HasMins ? 0 : unitScales ? random.Next(-8, 8) : random.NextSingle() - 0.5f)];
        _activationScales = [.. Enumerable.Range(0, rows * columns / 32).Select(_ => unitScales ? 1 : random.NextSingle())];
        _quants = new sbyte[rows * columns];
        for (int i = 0; i < _quants.Length; i += 32) FillGroup(random, _quants.AsSpan(i, 32));
    }

    public int Columns { get; }

    public int Rows { get; }

    public QuantRange Range { get; }

    private bool HasMins => QuantRanges.HasMins(Range);

    /// <summary>The kernels' result, [Rows, WeightRows], in strips of at most so many columns; four rows at a time, or each alone.</summary>
    public float[] Multiply(QuantizedKernels kernels, int strip, bool fours)
    {
        float[] output = new float[Rows * WeightRows];
        for (int row = 0; row < Rows; row += fours ? 4 : 1)
        {
            int count = fours ? Math.Min(4, Rows - row) : 1;
            using var memory = new AlignedMemory(ActivationRows.Bytes(fours ? 4 : 1, Columns));
            var activations = Activations((byte*)memory.Data, row, count, fours);
            for (int weight = 0; weight < WeightRows; weight += kernels.Lanes)
            {
                float[] sums = MultiplyPanel(kernels, activations, weight, strip);
                for (int i = 0; i < count; i++) sums.AsSpan(i * kernels.Lanes, kernels.Lanes).CopyTo(output.AsSpan(((row + i) * WeightRows) + weight));
            }
        }

        return output;
    }

    /// <summary>The exact product and the sum of the magnitudes of its terms.</summary>
    public (double Value, double Magnitude) Exact(int row, int weight)
    {
        double value = 0, magnitude = 0;
        for (int start = 0; start < Columns; start += _groupLength)
        {
            long products = 0, sum = 0;
            for (int i = start; i < start + _groupLength; i++)
            {
                byte w = _weights[(weight * Columns) + i];
                sbyte x = _quants[(row * Columns) + i];
                products += (HasMins ? w : (sbyte)w) * x;
                sum += x;
            }

            double scale = _activationScales[((row * Columns) + start) / 32];
            int group = (weight * Columns / _groupLength) + (start / _groupLength);
            double term = _scales[group] * scale * products, min = _mins[group] * scale * sum;
            value += term + min;
            magnitude += Math.Abs(term) + Math.Abs(min);
        }

        return (value, magnitude);
    }

    private float[] MultiplyPanel(QuantizedKernels kernels, ActivationRows activations, int weight, int strip)
    {
        int lanes = kernels.Lanes, rows = activations.Interleave;
        float[] sums = new float[rows * lanes];
        Array.Fill(sums, float.NaN);
        fixed (float* to = sums)
        {
            for (int column = 0; column < Columns; column += strip)
            {
                int columns = Math.Min(strip, Columns - column);
                using var memory = new AlignedMemory(WeightPanel.Bytes(columns, _groupLength, lanes));
                var panel = new WeightPanel((byte*)memory.Data, columns, _groupLength, lanes);
                Fill(panel, lanes, weight, column);
                QuantizedRow at = activations.Row(0);
                at.Quants += column * rows;
                at.Scales += column / 32 * rows;
                at.Sums += column / 32 * rows;
                at.HalfSums += column / 16 * rows;
                PanelProduct product = new() { Weights = panel, Activations = at, First = column == 0, Sums = to, SumStride = lanes };
                PanelKernels kernel = kernels.For(Range);
                if (rows == 1) kernel.One(&product);
                else kernel.Four(&product);
            }
        }

        return sums;
    }

    private ActivationRows Activations(byte* memory, int row, int count, bool fours)
    {
        var activations = new ActivationRows(memory, fours ? 4 : 1, Columns);
        for (int i = 0; i < (fours ? 4 : 1); i++)
        {
            QuantizedRow to = activations.Row(i);
            to.Clear(activations.Groups);
            if (i >= count) continue;
            for (int c = 0; c < Columns; c++) to.Quants[(c / 4 * 4 * to.Stride) + (c % 4)] = _quants[((row + i) * Columns) + c];
            for (int group = 0; group < Columns / 32; group++)
            {
                float scale = _activationScales[((row + i) * Columns / 32) + group];
                ReadOnlySpan<sbyte> quants = _quants.AsSpan(((row + i) * Columns) + (32 * group), 32);
                to.Scales[group * to.Stride] = scale;
                to.Sums[group * to.Stride] = scale * Sum(quants);
                to.HalfSums[2 * group * to.Stride] = scale * Sum(quants[..16]);
                to.HalfSums[((2 * group) + 1) * to.Stride] = scale * Sum(quants[16..]);
            }
        }

        return activations;
    }

    private void Fill(WeightPanel panel, int lanes, int weight, int column)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            for (int i = 0; i < panel.Columns; i++)
                panel.Quants[(((i / 4 * lanes) + lane) * 4) + (i % 4)] = _weights[((weight + lane) * Columns) + column + i];
            for (int group = 0; group < panel.Columns / _groupLength; group++)
            {
                int from = ((weight + lane) * Columns / _groupLength) + (column / _groupLength) + group;
                panel.Scales[(group * lanes) + lane] = _scales[from];
                panel.Mins[(group * lanes) + lane] = _mins[from];
            }
        }
    }

    private static int Sum(ReadOnlySpan<sbyte> quants)
    {
        int sum = 0;
        foreach (sbyte q in quants) sum += q;
        return sum;
    }

    // Half of the values are extremes: that is where integer products overflow.
    private byte RandomWeight(Random random)
    {
        (int least, int most) = Range switch
        {
            QuantRange.Below16 => (0, 15),
            QuantRange.Below32 => (0, 31),
            QuantRange.Below64 => (0, 63),
            _ => (-128, 127),
        };
        return unchecked((byte)(random.Next(4) switch
        {
            0 => least,
            1 => most,
            _ => random.Next(least, most + 1),
        }));
    }

    private static void FillGroup(Random random, Span<sbyte> quants)
    {
        bool extreme = random.Next(2) == 0;
        int sign = random.Next(2) == 0 ? 1 : -1;
        foreach (ref sbyte q in quants) q = (sbyte)(extreme ? 127 * sign : random.Next(-127, 128));
    }
}
