using Quipu.Cpu.Memory;
using Quipu.Cpu.Quantize;
using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Device;

public sealed unsafe class MatMulTests
{
    public static TheoryData<int, TensorType> SetsAndTypes
    {
        get
        {
            var cases = new TheoryData<int, TensorType>();
            foreach (InstructionSet set in InstructionSets.Supported)
                foreach (TensorFormat format in TensorFormats.All)
                    cases.Add((int)set, format.Type);
            return cases;
        }
    }

    public static TheoryData<TensorType> Types => [.. TensorFormats.All.Select(format => format.Type)];

    [Theory, MemberData(nameof(SetsAndTypes))]
    public void Products_agree_with_the_decoded_weights(int set, TensorType type)
    {
        var random = new Random((int)type);
        int columns = TensorFormats.Get(type).BlockLength == 256 ? 768 : 608, rows = 5;
        var weight = new WeightMatrix(random, type, 37, columns);
        float[] input = KernelSets.Normal(random, rows * columns);
        float[] actual = DeviceArrays.Multiply(
            new CpuDeviceOptions { Threads = 2, InstructionSet = (InstructionSet)set }, input, rows, (weight, null))[0];
        bool quantized = type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16);
        float[] seen = quantized ? QuantizeAndBack(input, columns) : input;
        for (int i = 0; i < actual.Length; i++)
        {
            int row = i / weight.View.Rows, output = i % weight.View.Rows;
            double value = 0, magnitude = 0, ideal = 0, quantization = 0, largest = LargestWeight(weight, output, columns);
            for (int j = 0; j < columns; j++)
            {
                double w = weight.Decoded[(output * columns) + j], x = seen[(row * columns) + j], original = input[(row * columns) + j];
                value += w * x;
                ideal += w * original;
                // Unsigned formats subtract two numbers larger than w: their rounding counts at that size.
                magnitude += (Math.Abs(w) + largest) * Math.Abs(x);
                quantization += Math.Abs(w * (x - original));
            }

            double rounding = magnitude * ((columns / 16) + 24) * Math.Pow(2, -24);
            Assert.InRange(Math.Abs(actual[i] - value), 0, rounding);
            Assert.InRange(Math.Abs(actual[i] - ideal), 0, quantization + rounding);
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void Threads_and_batches_do_not_change_a_bit(TensorType type)
    {
        var random = new Random(5);
        int columns = TensorFormats.Get(type).BlockLength == 256 ? 768 : 576, rows = 19;
        var weight = new WeightMatrix(random, type, 701, columns);
        float[] bias = KernelSets.Normal(random, 701);
        float[] input = KernelSets.Normal(random, rows * columns);
        float[] expected = DeviceArrays.Multiply(new CpuDeviceOptions { Threads = 1 }, input, rows, (weight, bias))[0];
        foreach (int threads in (int[])[2, 3, 7])
            Assert.Equal(expected, DeviceArrays.Multiply(new CpuDeviceOptions { Threads = threads }, input, rows, (weight, bias))[0]);
        for (int row = 0; row < rows; row += 6)
        {
            float[] alone = DeviceArrays.Multiply(
                new CpuDeviceOptions { Threads = 2 }, input[(row * columns)..((row + 1) * columns)], 1, (weight, bias))[0];
            Assert.Equal(expected[(row * 701)..((row + 1) * 701)], alone);
        }
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void A_row_with_an_outlier_is_multiplied_with_sixteen_bits_and_the_others_do_not_notice(int set)
    {
        var random = new Random(8);
        const int Rows = 5, Columns = 576, Outputs = 45, With = 2;
        var options = new CpuDeviceOptions { Threads = 2, InstructionSet = (InstructionSet)set };
        var weight = new WeightMatrix(random, TensorType.Q8_0, Outputs, Columns);
        float[] input = KernelSets.Normal(random, Rows * Columns);
        float[] ordinary = DeviceArrays.Multiply(options, input, Rows, (weight, null))[0];
        input[(With * Columns) + 7] = 1000;
        float[] actual = DeviceArrays.Multiply(options, input, Rows, (weight, null))[0];
        float[] eightBits = QuantizeAndBack(input, Columns);
        double error = 0, errorOfEightBits = 0;
        for (int output = 0; output < Outputs; output++)
        {
            double exact = 0, rounded = 0;
            for (int j = 0; j < Columns; j++)
            {
                exact += (double)weight.Decoded[(output * Columns) + j] * input[(With * Columns) + j];
                rounded += (double)weight.Decoded[(output * Columns) + j] * eightBits[(With * Columns) + j];
            }

            error += Math.Abs(actual[(With * Outputs) + output] - exact);
            errorOfEightBits += Math.Abs(rounded - exact);
        }

        Assert.InRange(error, 0, 0.02 * errorOfEightBits);
        for (int row = 0; row < Rows; row++)
        {
            if (row == With) continue;
            Assert.Equal(ordinary[(row * Outputs)..((row + 1) * Outputs)], actual[(row * Outputs)..((row + 1) * Outputs)]);
        }

        float[] alone = DeviceArrays.Multiply(options, input[(With * Columns)..((With + 1) * Columns)], 1, (weight, null))[0];
        Assert.Equal(actual[(With * Outputs)..((With + 1) * Outputs)], alone);
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Projections_that_share_an_input_are_as_alone(int set)
    {
        var random = new Random(6);
        var options = new CpuDeviceOptions { Threads = 3, InstructionSet = (InstructionSet)set };
        const int Rows = 3, Columns = 256;
        float[] input = KernelSets.Normal(random, Rows * Columns);
        var weights = new (WeightMatrix Weight, float[]? Bias)[20];
        for (int i = 0; i < weights.Length; i++)
        {
            int outputs = random.Next(1, 200);
            TensorType type = TensorFormats.All[i % TensorFormats.All.Count].Type;
            weights[i] = (new WeightMatrix(random, type, outputs, Columns), i % 3 == 0 ? KernelSets.Normal(random, outputs) : null);
        }

        float[][] together = DeviceArrays.Multiply(options, input, Rows, weights);
        for (int i = 0; i < weights.Length; i++)
        {
            Assert.Equal(DeviceArrays.Multiply(options, input, Rows, weights[i])[0], together[i]);
            if (weights[i].Bias is not { } bias) continue;
            float[] without = DeviceArrays.Multiply(options, input, Rows, (weights[i].Weight, null))[0];
            for (int j = 0; j < without.Length; j++) Assert.Equal(without[j] + bias[j % bias.Length], together[i][j]);
        }
    }

    [Fact]
    public void A_type_or_shape_without_kernel_is_refused_with_its_name()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        var view = new WeightMatrix(new Random(1), TensorType.Q4_0, 4, 64).View;
        var type = Assert.Throws<NotSupportedException>(() => device.LoadWeight(view with { Name = "blk.0", Type = (TensorType)17 }));
        Assert.Contains("blk.0", type.Message, StringComparison.Ordinal);
        Assert.Contains("17", type.Message, StringComparison.Ordinal);
        var shape = Assert.Throws<ArgumentException>(() => device.LoadWeight(view with { Columns = 63 }));
        Assert.Contains("63", shape.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => device.LoadWeight(view with { Rows = 0 }));
        Assert.Throws<ArgumentException>(() => device.LoadWeight(view with { Data = 0 }));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        var weight = device.LoadWeight(new WeightMatrix(new Random(1), TensorType.F32, 4, 64).View);
        using var input = device.CreateBuffer(2, 64);
        using var narrow = device.CreateBuffer(2, 32);
        using var output = device.CreateBuffer(2, 4);
        using var single = device.CreateBuffer(1, 4);
        Assert.Throws<ArgumentException>(() => device.MatMul(narrow, 1, [new Projection(weight, output)]));
        Assert.Throws<ArgumentException>(() => device.MatMul(input, 1, [new Projection(weight, narrow)]));
        Assert.Throws<ArgumentException>(() => device.MatMul(input, 2, [new Projection(weight, single)]));
        Assert.Throws<ArgumentException>(() => device.MatMul(input, 1, [new Projection(weight, output, weight)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.MatMul(input, 3, [new Projection(weight, output)]));
    }

    private static double LargestWeight(WeightMatrix weight, int output, int columns)
    {
        float largest = 0;
        foreach (float w in weight.Decoded.AsSpan(output * columns, columns)) largest = Math.Max(largest, Math.Abs(w));
        return largest;
    }

    private static float[] QuantizeAndBack(float[] input, int columns)
    {
        float[] result = new float[input.Length];
        using var memory = new AlignedMemory(ActivationRows.Bytes(1, columns));
        QuantizedRow quantized = new ActivationRows((byte*)memory.Data, 1, columns).Row(0);
        for (int row = 0; row < input.Length / columns; row++)
        {
            fixed (float* x = &input[row * columns]) ActivationQuantizer.QuantizeScalar(x, columns, quantized);
            for (int i = 0; i < columns; i++) result[(row * columns) + i] = quantized.Scales[i / 32] * quantized.Quants[i];
        }

        return result;
    }
}
