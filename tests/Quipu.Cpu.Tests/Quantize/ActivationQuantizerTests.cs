using Quipu.Cpu.Memory;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.Tests.Quantize;

public sealed unsafe class ActivationQuantizerTests
{
    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_instruction_set_gives_the_bits_of_the_reference(int set)
    {
        var random = new Random(set);
        foreach (int columns in (int[])[32, 64, 96, 576, 640, 1152, 2048])
        {
            for (int round = 0; round < 20; round++)
            {
                float[] x = KernelSets.Normal(random, columns, MathF.Pow(10, random.Next(-6, 4)));
                if (round % 3 == 0) Array.Clear(x, 16 * random.Next(columns / 16), 16);
                var expected = new Quantized(InstructionSet.Scalar, x);
                var actual = new Quantized((InstructionSet)set, x);
                Assert.Equal(expected.Quants, actual.Quants);
                Assert.Equal(expected.Scales, actual.Scales);
                Assert.Equal(expected.Sums, actual.Sums);
                Assert.Equal(expected.HalfSums, actual.HalfSums);
            }
        }
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Values_come_back_within_half_a_step_and_the_largest_exactly(int set)
    {
        float[] x = KernelSets.Normal(new Random(1), 640);
        var q = new Quantized((InstructionSet)set, x);
        for (int group = 0; group < x.Length / 32; group++)
        {
            float max = x.AsSpan(32 * group, 32).ToArray().Max(MathF.Abs), scale = q.Scales[group];
            int lower = 0, upper = 0;
            Assert.Equal(max / 127f, scale);
            for (int i = 32 * group; i < 32 * (group + 1); i++)
            {
                Assert.InRange(q.Quants[i], -127, 127);
                Assert.InRange(MathF.Abs(x[i] - (scale * q.Quants[i])), 0, scale * 0.50001f);
                if (MathF.Abs(x[i]) == max) Assert.Equal(127, Math.Abs((int)q.Quants[i]));
                if (i % 32 < 16) lower += q.Quants[i];
                else upper += q.Quants[i];
            }

            Assert.Equal(scale * (lower + upper), q.Sums[group]);
            Assert.Equal(lower, (short)q.HalfSums[group]);
            Assert.Equal(upper, q.HalfSums[group] >> 16);
        }
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Extremes_stay_bytes(int set)
    {
        float[] x = new float[96];
        x[0] = float.MaxValue;
        x[1] = -float.MaxValue;
        x[32] = float.Epsilon;
        x[64] = 1e-34f;
        var q = new Quantized((InstructionSet)set, x);
        Assert.Equal(127, q.Quants[0]);
        Assert.Equal(-127, q.Quants[1]);
        Assert.Equal(0, q.Quants[32]);
        Assert.Equal(0f, q.Scales[1]);
        Assert.Equal(127, q.Quants[64]);
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Interleaved_rows_are_those_that_lie_alone(int set)
    {
        var random = new Random(3);
        const int Columns = 160, Rows = 6;
        using var memory = new AlignedMemory(ActivationRows.Bytes(Rows, Columns));
        var rows = new ActivationRows((byte*)memory.Data, Rows, Columns);
        float[][] x = [.. Enumerable.Range(0, Rows).Select(_ => KernelSets.Normal(random, Columns))];
        for (int row = 0; row < Rows; row++)
        {
            fixed (float* source = x[row]) ActivationQuantizer.For((InstructionSet)set)(source, Columns, rows.Row(row));
        }

        for (int row = 0; row < Rows; row++)
        {
            var alone = new Quantized((InstructionSet)set, x[row]);
            var together = new Quantized(rows.Row(row), Columns);
            Assert.Equal(alone.Quants, together.Quants);
            Assert.Equal(alone.Scales, together.Scales);
            Assert.Equal(alone.Sums, together.Sums);
            Assert.Equal(alone.HalfSums, together.HalfSums);
        }
    }

    private sealed class Quantized
    {
        public Quantized(InstructionSet set, float[] x)
        {
            using var memory = new AlignedMemory(ActivationRows.Bytes(1, x.Length));
            QuantizedRow row = new ActivationRows((byte*)memory.Data, 1, x.Length).Row(0);
            fixed (float* source = x) ActivationQuantizer.For(set)(source, x.Length, row);
            (Quants, Scales, Sums, HalfSums) = Read(row, x.Length);
        }

        public Quantized(QuantizedRow row, int columns) => (Quants, Scales, Sums, HalfSums) = Read(row, columns);

        public sbyte[] Quants { get; }

        public float[] Scales { get; }

        public float[] Sums { get; }

        public int[] HalfSums { get; }

        private static (sbyte[] Quants, float[] Scales, float[] Sums, int[] HalfSums) Read(QuantizedRow row, int columns)
        {
            sbyte[] quants = new sbyte[columns];
            for (int i = 0; i < columns; i++) quants[i] = row.Quants[(i / 4 * 4 * row.Stride) + (i % 4)];
            return (quants, Values(row.Scales), Values(row.Sums), Values(row.HalfSums));

            T[] Values<T>(T* values) where T : unmanaged
            {
                var result = new T[columns / 32];
                for (int i = 0; i < result.Length; i++) result[i] = values[i * row.Stride];
                return result;
            }
        }
    }
}
