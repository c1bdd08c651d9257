using Quipu.Cpu.MatMul;

namespace Quipu.Cpu.Tests.MatMul;

public sealed unsafe class FloatTileTests
{
    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Products_are_within_the_rounding_of_their_terms(int set)
    {
        var random = new Random(3);
        foreach (int columns in (int[])[1, 7, 16, 33, 64, 255, 640])
        {
            int weightRows = random.Next(1, 10), rows = random.Next(1, 6);
            float[] weights = KernelSets.Normal(random, weightRows * columns), input = KernelSets.Normal(random, rows * columns);
            float[] actual = Multiply((InstructionSet)set, weights, weightRows, input, rows, columns);
            for (int i = 0; i < actual.Length; i++)
            {
                int row = i / weightRows, weight = i % weightRows;
                double value = 0, magnitude = 0;
                for (int j = 0; j < columns; j++)
                {
                    double term = (double)weights[(weight * columns) + j] * input[(row * columns) + j];
                    value += term;
                    magnitude += Math.Abs(term);
                }

                Assert.InRange(Math.Abs(actual[i] - value), 0, (magnitude * (columns + 16) * Math.Pow(2, -24)) + 1e-30);
                float alone = Multiply(
                    (InstructionSet)set, weights[(weight * columns)..((weight + 1) * columns)], 1, input[(row * columns)..((row + 1) * columns)], 1, columns)[0];
                Assert.Equal(actual[i], alone);
            }
        }
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Conversions_are_exact(int set)
    {
        var kernels = FloatKernels.For((InstructionSet)set);
        ushort[] source = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];
        foreach (int count in (int[])[1, 5, 31, 65536])
        {
            float[] halves = new float[count], bfloats = new float[count];
            fixed (ushort* from = source)
            fixed (float* h = halves, b = bfloats)
            {
                kernels.ConvertHalf(from, count, h);
                kernels.ConvertBFloat(from, count, b);
            }

            for (int i = 0; i < count; i++)
            {
                Assert.Equal((float)BitConverter.UInt16BitsToHalf(source[i]), halves[i]);
                Assert.Equal(BitConverter.UInt32BitsToSingle((uint)source[i] << 16), bfloats[i]);
            }
        }
    }

    private static float[] Multiply(InstructionSet set, float[] weights, int weightRows, float[] input, int rows, int columns)
    {
        float[] output = new float[rows * weightRows];
        Array.Fill(output, float.NaN);
        fixed (float* w = weights, x = input, y = output)
        {
            FloatProduct product = new()
            {
                Weights = w,
                WeightStride = columns,
                WeightRows = weightRows,
                Input = x,
                InputStride = columns,
                Rows = rows,
                Columns = columns,
                Output = y,
                OutputStride = weightRows,
            };
            FloatKernels.For(set).Multiply(&product);
        }

        return output;
    }
}
