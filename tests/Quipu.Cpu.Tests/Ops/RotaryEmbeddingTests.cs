using CsCheck;
using Quipu.Cpu.Lanes;
using Quipu.Cpu.Ops;
using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Ops;

public sealed unsafe class RotaryEmbeddingTests
{
    [Fact]
    public void The_table_holds_cos_and_sin_to_the_last_place()
    {
        int[] positions = [0, 1, 17, 4095, 131_071, 1_000_000];
        float[] frequencies = [.. Enumerable.Range(0, 32).Select(j => (float)Math.Pow(10_000, -j / 32.0))];
        using var table = new NativeArray<float>(positions.Length * frequencies.Length * 2);
        RotaryEmbedding.FillTable(positions, frequencies, 1.25f, table.Pointer);
        for (int i = 0; i < positions.Length; i++)
            for (int j = 0; j < frequencies.Length; j++)
            {
                double angle = (double)positions[i] * frequencies[j];
                int at = 2 * ((i * frequencies.Length) + j);
                Assert.Equal(1.25 * Math.Cos(angle), table.Span[at], 1e-7);
                Assert.Equal(1.25 * Math.Sin(angle), table.Span[at + 1], 1e-7);
            }
    }

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Rotate_agrees_with_double_in_both_styles(LaneCase lane) => lane.Run(new Rotation());

    private sealed class Rotation : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane> =>
            Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 160], Gen.Int[0, 20], Gen.Int, Gen.Bool)
                .Sample(Check<TLane>, iter: 150);

        private static void Check<TLane>(int rows, int heads, int pairs, int beyond, int seed, bool neox) where TLane : struct, ILane<TLane>
        {
            int rotated = 2 * pairs, headDim = rotated + beyond, columns = heads * headDim;
            var random = new Random(seed);
            float[] input = Values.Normal(random, rows * columns, 1), angles = Values.Normal(random, rows * pairs, 10);
            using var table = new NativeArray<float>(rows * rotated);
            for (int i = 0; i < angles.Length; i++)
                (table.Span[2 * i], table.Span[(2 * i) + 1]) = (MathF.Cos(angles[i]), MathF.Sin(angles[i]));
            using var values = new NativeArray<float>(input);
            RotaryEmbedding.Rotate<TLane>(
                values.Pointer, rows, columns, headDim, table.Pointer, rotated, neox ? RopeStyle.Neox : RopeStyle.Norm);
            for (int row = 0; row < rows; row++)
                for (int head = 0; head < heads; head++)
                {
                    int start = (row * columns) + (head * headDim);
                    for (int j = 0; j < pairs; j++)
                    {
                        (int first, int second) = neox ? (start + j, start + j + pairs) : (start + (2 * j), start + (2 * j) + 1);
                        double cosine = table.Span[2 * ((row * pairs) + j)], sine = table.Span[(2 * ((row * pairs) + j)) + 1];
                        Assert.Equal((input[first] * cosine) - (input[second] * sine), values.Span[first], 1e-6);
                        Assert.Equal((input[first] * sine) + (input[second] * cosine), values.Span[second], 1e-6);
                    }
                    Assert.Equal(input[(start + rotated)..(start + headDim)], values.Span[(start + rotated)..(start + headDim)].ToArray());
                }
        }
    }
}
