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
            }
        }
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Values_come_back_within_half_a_step_and_the_largest_exactly(int set)
    {
        float[] x = KernelSets.Normal(new Random(1), 640);
        var q = new Quantized((InstructionSet)set, x);
        for (int group = 0; group < x.Length / 16; group++)
        {
            float max = x.AsSpan(16 * group, 16).ToArray().Max(MathF.Abs), scale = q.Scales[group];
            int sum = 0;
            Assert.Equal(max / 127f, scale);
            for (int i = 16 * group; i < 16 * (group + 1); i++)
            {
                Assert.InRange(q.Quants[i], -127, 127);
                Assert.InRange(MathF.Abs(x[i] - (scale * q.Quants[i])), 0, scale * 0.50001f);
                if (MathF.Abs(x[i]) == max) Assert.Equal(127, Math.Abs((int)q.Quants[i]));
                sum += q.Quants[i];
            }

            Assert.Equal(scale * sum, q.Sums[group]);
        }
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Extremes_stay_bytes_and_the_padding_is_zero(int set)
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
        Assert.Equal(0f, q.Scales[2]);
        Assert.Equal(127, q.Quants[64]);
        Assert.All(q.Quants[96..], value => Assert.Equal(0, value));
        Assert.All(q.Scales[6..], value => Assert.Equal(0f, value));
        Assert.All(q.Sums[6..], value => Assert.Equal(0f, value));
    }

    private sealed class Quantized
    {
        public Quantized(InstructionSet set, float[] x)
        {
            var layout = new RowLayout(x.Length);
            Quants = new sbyte[layout.Quants];
            Scales = new float[layout.Groups];
            Sums = new float[layout.Groups];
            Array.Fill(Quants, (sbyte)99);
            Array.Fill(Scales, float.NaN);
            Array.Fill(Sums, float.NaN);
            fixed (float* source = x, scales = Scales, sums = Sums)
            fixed (sbyte* quants = Quants)
                ActivationQuantizer.For(set)(source, layout, quants, scales, sums);
        }

        public sbyte[] Quants { get; }

        public float[] Scales { get; }

        public float[] Sums { get; }
    }
}
