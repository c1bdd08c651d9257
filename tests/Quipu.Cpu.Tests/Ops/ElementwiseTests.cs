using CsCheck;
using Quipu.Cpu.Lanes;
using Quipu.Cpu.Ops;

namespace Quipu.Cpu.Tests.Ops;

public sealed unsafe class ElementwiseTests
{
    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Add_adds(LaneCase lane) => lane.Run(new Addition());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void GeluMul_is_the_tanh_form_times_up(LaneCase lane) => lane.Run(new Activation(gelu: true));

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void SiluMul_is_silu_times_up(LaneCase lane) => lane.Run(new Activation(gelu: false));

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void The_result_does_not_depend_on_the_division(LaneCase lane) => lane.Run(new Division());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Extreme_gates_give_their_limits(LaneCase lane) => lane.Run(new Extremes());

    private static double Reference(bool gelu, double x) => gelu
        ? 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))
        : x / (1 + Math.Exp(-x));

    private static void Apply<TLane>(bool gelu, float* gate, float* up, long count) where TLane : struct, ILane<TLane>
    {
        if (gelu)
            Elementwise.GeluMul<TLane>(gate, up, count);
        else
            Elementwise.SiluMul<TLane>(gate, up, count);
    }

    private sealed class Addition : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane> =>
            Gen.Select(Gen.Int[0, 100], Gen.Int).Sample((count, seed) =>
            {
                var random = new Random(seed);
                float[] a = Values.Normal(random, count, 2), b = Values.Normal(random, count, 2);
                using var input = new NativeArray<float>(a);
                using var residual = new NativeArray<float>(b);
                Elementwise.Add<TLane>(input.Pointer, count, residual.Pointer);
                Assert.Equal(a.Zip(b, (x, y) => x + y), residual.Span.ToArray());
            }, iter: 100);
    }

    private sealed class Activation(bool gelu) : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            // A sweep, of a length that leaves a rest for every width.
            const int count = 20_011;
            float[] x = [.. Enumerable.Range(0, count).Select(i => (i - 10_000) / 1000f)];
            float[] up = Values.Normal(new Random(1), count, 1);
            using var gate = new NativeArray<float>(x);
            using var ups = new NativeArray<float>(up);
            Apply<TLane>(gelu, gate.Pointer, ups.Pointer, count);
            for (int i = 0; i < count; i++)
            {
                double expected = Reference(gelu, x[i]) * up[i];
                // An F32 argument of e^x is itself only good to half a unit: relative 2^-24 times the argument.
                double bound = 1e-7 + (1e-6 * Math.Abs(expected));
                Assert.InRange(gate.Span[i] - expected, -bound, bound);
            }
        }
    }

    private sealed class Division : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane> =>
            Gen.Select(Gen.Int[1, 100], Gen.Int[0, 100], Gen.Int, Gen.Bool).Sample((count, cut, seed, gelu) =>
            {
                cut = Math.Min(cut, count);
                var random = new Random(seed);
                float[] x = Values.Normal(random, count, 3), up = Values.Normal(random, count, 1);
                using var ups = new NativeArray<float>(up);
                using var whole = new NativeArray<float>(x);
                using var parts = new NativeArray<float>(x);
                Apply<TLane>(gelu, whole.Pointer, ups.Pointer, count);
                Apply<TLane>(gelu, parts.Pointer, ups.Pointer, cut);
                Apply<TLane>(gelu, parts.Pointer + cut, ups.Pointer + cut, count - cut);
                Assert.Equal(whole.Span.ToArray(), parts.Span.ToArray());
            }, iter: 100);
    }

    private sealed class Extremes : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            float[] x = [0, -0f, 50, 1e4f, 1e20f, 3e38f, -50, -1e4f, -1e20f, float.NaN, 1e-20f, -1e-20f, 1e-40f, 100, -100, -90];
            foreach (bool gelu in (bool[])[true, false])
            {
                using var gate = new NativeArray<float>(x);
                using var ups = new NativeArray<float>(x.Length);
                ups.Span.Fill(1);
                Apply<TLane>(gelu, gate.Pointer, ups.Pointer, x.Length);
                for (int i = 0; i < x.Length; i++)
                    if (float.IsNaN(x[i]))
                        Assert.True(float.IsNaN(gate.Span[i]));
                    else if (x[i] > 1)
                        Assert.Equal(x[i], gate.Span[i]);
                    else
                        Assert.InRange(gate.Span[i], -1e-8f, 1e-8f);
            }
        }
    }
}
