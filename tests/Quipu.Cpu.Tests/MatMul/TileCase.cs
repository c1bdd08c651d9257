using Quipu.Cpu.Expand;
using Quipu.Cpu.MatMul;
using Quipu.Cpu.Memory;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.Tests.MatMul;

/// <summary>A random product of expanded weights and quantized activations, for any kernel.</summary>
internal sealed unsafe class TileCase
{
    private readonly byte[] _weights;
    private readonly float[] _scales;
    private readonly float[] _mins;
    private readonly sbyte[] _quants;
    private readonly float[] _activationScales;
    private readonly float[] _sums;

    public TileCase(Random random, int columns, int weightRows, int rows, QuantRange range, bool unitScales)
    {
        Layout = new RowLayout(columns);
        (WeightRows, Rows, Range) = (weightRows, rows, range);
        _weights = GC.AllocateArray<byte>(weightRows * Layout.Quants, pinned: true);
        _scales = GC.AllocateArray<float>(weightRows * Layout.Groups, pinned: true);
        _mins = GC.AllocateArray<float>(weightRows * Layout.Groups, pinned: true);
        _quants = GC.AllocateArray<sbyte>(rows * Layout.Quants, pinned: true);
        _activationScales = GC.AllocateArray<float>(rows * Layout.Groups, pinned: true);
        _sums = GC.AllocateArray<float>(rows * Layout.Groups, pinned: true);
        for (int row = 0; row < weightRows; row++)
        {
            for (int i = 0; i < columns; i++) _weights[(row * Layout.Quants) + i] = RandomWeight(random);
            for (int group = 0; group < columns / 16; group++)
            {
                _scales[(row * Layout.Groups) + group] = unitScales ? 1 : random.NextSingle() - 0.3f;
                _mins[(row * Layout.Groups) + group] = HasMins ? (unitScales ? random.Next(-8, 8) : random.NextSingle() - 0.5f) : 0;
            }
        }

        for (int row = 0; row < rows; row++) FillActivations(random, row, unitScales);
    }

    public RowLayout Layout { get; }

    public int WeightRows { get; }

    public int Rows { get; }

    public QuantRange Range { get; }

    private bool HasMins => Range != QuantRange.Signed;

    /// <summary>The kernel's result, [Rows, WeightRows], for a part of the rows on either side.</summary>
    public float[] Multiply(QuantizedKernels kernels, int firstWeight, int weightRows, int firstRow, int rows)
    {
        float[] output = GC.AllocateArray<float>(rows * weightRows, pinned: true);
        Array.Fill(output, float.NaN);
        using var memory = new AlignedMemory(WeightPanel.Bytes(Layout, kernels.Lanes));
        var panel = new WeightPanel((byte*)memory.Data, Layout, kernels.Lanes);
        fixed (sbyte* quants = _quants)
        fixed (float* activationScales = _activationScales, sums = _sums, target = output)
        {
            for (int first = 0; first < weightRows; first += kernels.Lanes)
            {
                int count = Math.Min(kernels.Lanes, weightRows - first);
                Fill(panel, kernels.Lanes, firstWeight + first, count);
                TileProduct product = new()
                {
                    Weights = panel,
                    WeightRows = count,
                    Activations = new ActivationRows(
                        quants + (firstRow * Layout.Quants), activationScales + (firstRow * Layout.Groups), sums + (firstRow * Layout.Groups),
                        rows, Layout),
                    Output = target + first,
                    OutputStride = weightRows,
                };
                kernels.For(Range)(&product);
            }
        }

        return output;
    }

    // The lanes beyond hold what no kernel may let into its results.
    private void Fill(WeightPanel panel, int lanes, int firstWeight, int count)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            int row = firstWeight + lane;
            for (int i = 0; i < Layout.Columns; i++)
                panel.Quants[(((i / 4 * lanes) + lane) * 4) + (i % 4)] = lane < count ? _weights[(row * Layout.Quants) + i] : (byte)0;
            for (int group = 0; group < panel.Groups; group++)
            {
                panel.Scales[(group * lanes) + lane] = lane < count ? _scales[(row * Layout.Groups) + group] : float.NaN;
                panel.Mins[(group * lanes) + lane] = lane < count ? _mins[(row * Layout.Groups) + group] : float.NaN;
            }
        }
    }

    public float[] Multiply(QuantizedKernels kernels) => Multiply(kernels, 0, WeightRows, 0, Rows);

    /// <summary>The exact product and the sum of the magnitudes of its terms.</summary>
    public (double Value, double Magnitude) Exact(int row, int weight)
    {
        double value = 0, magnitude = 0;
        for (int group = 0; group < Layout.Columns / 16; group++)
        {
            long products = 0;
            for (int i = 16 * group; i < 16 * (group + 1); i++)
            {
                byte w = _weights[(weight * Layout.Quants) + i];
                products += (HasMins ? w : (sbyte)w) * _quants[(row * Layout.Quants) + i];
            }

            double term = (double)_scales[(weight * Layout.Groups) + group] * _activationScales[(row * Layout.Groups) + group] * products;
            double min = (double)_mins[(weight * Layout.Groups) + group] * _sums[(row * Layout.Groups) + group];
            value += term + min;
            magnitude += Math.Abs(term) + Math.Abs(min);
        }

        return (value, magnitude);
    }

    // Half of the values are extremes: that is where integer products overflow.
    private byte RandomWeight(Random random)
    {
        (int least, int most) = Range switch
        {
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

    private void FillActivations(Random random, int row, bool unitScales)
    {
        for (int block = 0; block < Layout.Columns; block += 32)
        {
            float scale = unitScales ? 1 : random.NextSingle();
            bool extreme = random.Next(2) == 0;
            int sign = random.Next(2) == 0 ? 1 : -1;
            for (int half = 0; half < 2; half++)
            {
                int sum = 0;
                for (int i = block + (16 * half); i < block + (16 * (half + 1)); i++)
                {
                    int q = extreme ? 127 * sign : random.Next(-127, 128);
                    _quants[(row * Layout.Quants) + i] = (sbyte)q;
                    sum += q;
                }

                _activationScales[(row * Layout.Groups) + (block / 16) + half] = scale;
                _sums[(row * Layout.Groups) + (block / 16) + half] = scale * sum;
            }
        }
    }
}
