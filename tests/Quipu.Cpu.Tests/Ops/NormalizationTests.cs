using CsCheck;
using Quipu.Cpu.Lanes;
using Quipu.Cpu.Ops;

namespace Quipu.Cpu.Tests.Ops;

public sealed unsafe class NormalizationTests
{
    private const float Epsilon = 1e-5f;

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void RmsNorm_agrees_with_double(LaneCase lane) => lane.Run(new Norm());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void RmsNormAdd_adds_to_the_residual(LaneCase lane) => lane.Run(new NormAdd());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void RmsNormHeads_treats_each_head_alone(LaneCase lane) => lane.Run(new NormHeads());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void A_row_of_zeros_stays_zero_and_large_rows_stay_finite(LaneCase lane) => lane.Run(new Extremes());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Every_width_of_a_register_gives_the_same_bits(LaneCase lane) => lane.Run(new SameBits());

    private static double[] Reference(ReadOnlySpan<float> row, ReadOnlySpan<float> gain)
    {
        double squares = 0;
        foreach (float x in row)
            squares += (double)x * x;
        double factor = 1 / Math.Sqrt((squares / row.Length) + Epsilon);
        var result = new double[row.Length];
        for (int i = 0; i < row.Length; i++)
            result[i] = row[i] * factor * gain[i];
        return result;
    }

    private static void AssertClose(double expected, float actual) =>
        Assert.InRange(actual - expected, -2e-6 * (1 + Math.Abs(expected)), 2e-6 * (1 + Math.Abs(expected)));

    private sealed class SameBits : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane> =>
            Gen.Select(Gen.Int[1, 2000], Gen.Int).Sample((columns, seed) =>
            {
                var random = new Random(seed);
                using var input = new NativeArray<float>(Values.Normal(random, columns, 3));
                using var gain = new NativeArray<float>(Values.Normal(random, columns, 1));
                using var one = new NativeArray<float>(columns);
                using var wide = new NativeArray<float>(columns);
                Normalization.RmsNorm<Lane1>(input.Pointer, 1, columns, gain.Pointer, Epsilon, one.Pointer);
                Normalization.RmsNorm<TLane>(input.Pointer, 1, columns, gain.Pointer, Epsilon, wide.Pointer);
                Assert.True(one.Span.SequenceEqual(wide.Span), $"{columns} columns");
            }, iter: 100);
    }

    private sealed class Norm : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane> =>
            Gen.Select(Gen.Int[1, 4], Gen.Int[1, 300], Gen.Int, Gen.Bool).Sample((rows, columns, seed, inPlace) =>
            {
                var random = new Random(seed);
                float[] input = Values.Normal(random, rows * columns, 3), gain = Values.Normal(random, columns, 1);
                using var from = new NativeArray<float>(input);
                using var gains = new NativeArray<float>(gain);
                using var to = new NativeArray<float>(rows * columns);
                float* output = inPlace ? from.Pointer : to.Pointer;
                Normalization.RmsNorm<TLane>(from.Pointer, rows, columns, gains.Pointer, Epsilon, output);
                for (int row = 0; row < rows; row++)
                {
                    double[] expected = Reference(input.AsSpan(row * columns, columns), gain);
                    for (int i = 0; i < columns; i++)
                        AssertClose(expected[i], output[(row * columns) + i]);
                }
            }, iter: 100);
    }

    private sealed class NormAdd : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane> =>
            Gen.Select(Gen.Int[1, 4], Gen.Int[1, 300], Gen.Int).Sample((rows, columns, seed) =>
            {
                var random = new Random(seed);
                float[] input = Values.Normal(random, rows * columns, 3), gain = Values.Normal(random, columns, 1);
                float[] residual = Values.Normal(random, rows * columns, 1);
                using var from = new NativeArray<float>(input);
                using var gains = new NativeArray<float>(gain);
                using var to = new NativeArray<float>(residual);
                Normalization.RmsNormAdd<TLane>(from.Pointer, rows, columns, gains.Pointer, Epsilon, to.Pointer);
                for (int row = 0; row < rows; row++)
                {
                    double[] expected = Reference(input.AsSpan(row * columns, columns), gain);
                    for (int i = 0; i < columns; i++)
                        AssertClose(residual[(row * columns) + i] + expected[i], to.Span[(row * columns) + i]);
                }
            }, iter: 100);
    }

    private sealed class NormHeads : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane> =>
            Gen.Select(Gen.Int[1, 3], Gen.Int[1, 5], Gen.Int[1, 80], Gen.Int).Sample((rows, heads, headDim, seed) =>
            {
                var random = new Random(seed);
                float[] input = Values.Normal(random, rows * heads * headDim, 3), gain = Values.Normal(random, headDim, 1);
                using var values = new NativeArray<float>(input);
                using var gains = new NativeArray<float>(gain);
                Normalization.RmsNormHeads<TLane>(values.Pointer, rows, heads * headDim, headDim, gains.Pointer, Epsilon);
                for (int head = 0; head < rows * heads; head++)
                {
                    double[] expected = Reference(input.AsSpan(head * headDim, headDim), gain);
                    for (int i = 0; i < headDim; i++)
                        AssertClose(expected[i], values.Span[(head * headDim) + i]);
                }
            }, iter: 100);
    }

    private sealed class Extremes : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            const int columns = 100;
            using var gains = new NativeArray<float>(columns);
            gains.Span.Fill(1);
            using var values = new NativeArray<float>(2 * columns);
            values.Span[..columns].Clear();
            values.Span[columns..].Fill(1e17f);
            Normalization.RmsNorm<TLane>(values.Pointer, 2, columns, gains.Pointer, Epsilon, values.Pointer);
            Assert.All(values.Span[..columns].ToArray(), x => Assert.Equal(0f, x));
            Assert.All(values.Span[columns..].ToArray(), x => Assert.Equal(1f, x, 1e-6f));
        }
    }
}
