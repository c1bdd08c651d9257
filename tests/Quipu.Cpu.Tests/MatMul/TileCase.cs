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
    private readonly float[] _scales, _mins; // [weight rows, columns / 32]
    private readonly sbyte[] _subScales, _subMins; // [weight rows, columns / 16]
    private readonly sbyte[] _quants; // [rows, columns]
    private readonly float[] _activationScales; // [rows, columns / 32]

    public TileCase(Random random, int columns, int rows, QuantRange range, bool unitScales)
    {
        (Columns, Rows, Range) = (columns, rows, range);
        int groups = columns / 32;
        _weights = [.. Enumerable.Range(0, WeightRows * columns).Select(_ => RandomWeight(random))];
        _scales = [.. Enumerable.Range(0, WeightRows * groups).Select(_ => unitScales ? 1 : random.NextSingle() - 0.3f)];
        _mins = [.. Enumerable.Range(0, WeightRows * groups).Select(_ => !HasMins ? 0 : unitScales ? random.Next(-8, 8) : random.NextSingle() - 0.5f)];
        _subScales = [.. Enumerable.Range(0, 2 * WeightRows * groups).Select(_ => RandomFactor(random, unitScales))];
        _subMins = [.. Enumerable.Range(0, 2 * WeightRows * groups).Select(_ => RandomFactor(random, unitScales))];
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
        for (int start = 0; start < Columns; start += 32)
        {
            long products = 0, sum = 0;
            for (int i = start; i < start + 32; i++)
            {
                byte w = _weights[(weight * Columns) + i];
                sbyte x = _quants[(row * Columns) + i];
                int sixteen = ((weight * Columns) + i) / 16;
                products += (HasMins ? w : (sbyte)w) * x * _subScales[sixteen];
                sum += x * _subMins[sixteen];
            }

            double scale = _activationScales[((row * Columns) + start) / 32];
            int group = ((weight * Columns) + start) / 32;
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
                using var memory = new AlignedMemory(WeightPanel.Bytes(columns, lanes));
                var panel = new WeightPanel((byte*)memory.Data, columns, lanes);
                Fill(panel, lanes, weight, column);
                QuantizedRow at = activations.Row(0);
                at.Quants += column * rows;
                at.Scales += column / 32 * rows;
                at.Sums += column / 32 * rows;
                at.HalfSums += column / 32 * rows;
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
                to.HalfSums[group * to.Stride] = Pair(Sum(quants[..16]), Sum(quants[16..]));
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
            for (int group = 0; group < panel.Columns / 32; group++)
            {
                int from = ((((weight + lane) * Columns) + column) / 32) + group;
                panel.Scales[(group * lanes) + lane] = _scales[from];
                panel.Mins[(group * lanes) + lane] = _mins[from];
                int* factors = panel.SubScales + (group * WeightPanel.SubScaleRegisters * lanes) + lane;
                factors[0] = Pair(_subScales[2 * from], _subScales[2 * from]);
                factors[lanes] = Pair(_subScales[(2 * from) + 1], _subScales[(2 * from) + 1]);
                factors[2 * lanes] = Pair(_subMins[2 * from], _subMins[(2 * from) + 1]);
            }
        }
    }

    private static int Pair(int lower, int upper) => (lower & 0xffff) | (upper << 16);

    // Whole numbers stay exact in F32 only with small factors.
    private sbyte RandomFactor(Random random, bool small) =>
        !QuantRanges.HasSubScales(Range) ? (sbyte)1
        : small ? (sbyte)random.Next(-1, 2)
        : random.Next(4) switch { 0 => sbyte.MinValue, 1 => sbyte.MaxValue, _ => (sbyte)random.Next(-128, 128) };

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
