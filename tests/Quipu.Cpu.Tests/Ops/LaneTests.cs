using System.Globalization;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Tests.Ops;

public sealed unsafe class LaneTests
{
    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void LoadHalf_is_exact_for_all_bit_patterns(LaneCase lane) => lane.Run(new AllHalves());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void StoreHalf_gives_back_every_half_and_rounds_to_nearest_even(LaneCase lane) => lane.Run(new HalfRounding());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void LoadFiniteHalf_is_exact_for_all_finite_halves(LaneCase lane) => lane.Run(new FiniteHalves());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void LoadBFloat_is_exact_for_all_bit_patterns(LaneCase lane) => lane.Run(new BFloats());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Exp_is_within_two_units_in_the_last_place(LaneCase lane) => lane.Run(new ExpAccuracy());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Exp_holds_at_the_edges(LaneCase lane) => lane.Run(new ExpEdges());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Lane_arithmetic_agrees_with_scalar(LaneCase lane) => lane.Run(new Arithmetic());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void LoadSByte_is_exact(LaneCase lane) => lane.Run(new SignedBytes());

    private sealed class SignedBytes : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            sbyte[] source = [.. Enumerable.Range(-128, 256).Select(value => (sbyte)value)];
            float[] actual = new float[source.Length];
            fixed (sbyte* from = source)
            fixed (float* to = actual)
                for (int i = 0; i < source.Length; i += TLane.Count)
                    TLane.Store(TLane.LoadSByte(from + i), to + i);
            Assert.Equal(source.Select(value => (float)value), actual);
        }
    }

    private sealed class AllHalves : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            var source = new ushort[65536];
            var actual = new float[65536];
            for (int i = 0; i < source.Length; i++)
                source[i] = (ushort)i;
            fixed (ushort* from = source)
            fixed (float* to = actual)
                for (int i = 0; i < source.Length; i += TLane.Count)
                    TLane.Store(TLane.LoadHalf(from + i), to + i);
            for (int i = 0; i < source.Length; i++)
            {
                float expected = (float)BitConverter.UInt16BitsToHalf(source[i]);
                bool same = float.IsNaN(expected)
                    ? float.IsNaN(actual[i])
                    : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual[i]);
                Assert.True(same, string.Create(CultureInfo.InvariantCulture, $"0x{i:x4}: {actual[i]:r}, expected {expected:r}"));
            }
        }
    }

    private sealed class HalfRounding : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            // Every half, the midpoint above it, and the floats beside that midpoint, with both signs.
            var source = new List<float>();
            for (int bits = 0; bits <= 0x7c00; bits++)
            {
                float low = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
                float high = bits + 1 >= 0x7c00 ? 65536f : (float)BitConverter.UInt16BitsToHalf((ushort)(bits + 1));
                float middle = low + ((high - low) / 2);
                foreach (float value in (ReadOnlySpan<float>)[low, middle, MathF.BitDecrement(middle), MathF.BitIncrement(middle)])
                    source.AddRange(value, -value);
            }
            source.AddRange(float.Epsilon, 1e-30f, 65519.996f, 65520f, 65536f, 1e30f, float.MaxValue, float.PositiveInfinity,
                float.NegativeInfinity, float.NaN, -float.NaN, BitConverter.Int32BitsToSingle(0x7f800001));
            while (source.Count % TLane.Count != 0)
                source.Add(0);
            var actual = new ushort[source.Count];
            fixed (float* from = source.ToArray())
            fixed (ushort* to = actual)
                for (int i = 0; i < actual.Length; i += TLane.Count)
                    TLane.StoreHalf(TLane.Load(from + i), to + i);
            for (int i = 0; i < actual.Length; i++)
            {
                var half = BitConverter.UInt16BitsToHalf(actual[i]);
                bool same = float.IsNaN(source[i])
                    ? Half.IsNaN(half)
                    : actual[i] == BitConverter.HalfToUInt16Bits((Half)source[i]);
                Assert.True(same, string.Create(CultureInfo.InvariantCulture, $"{source[i]:r} became 0x{actual[i]:x4}"));
            }
        }
    }

    private sealed class BFloats : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            var source = new ushort[65536];
            var actual = new float[65536];
            for (int i = 0; i < source.Length; i++)
                source[i] = (ushort)i;
            fixed (ushort* from = source)
            fixed (float* to = actual)
                for (int i = 0; i < source.Length; i += TLane.Count)
                    TLane.Store(TLane.LoadBFloat(from + i), to + i);
            Assert.Equal(source.Select(bits => bits << 16), actual.Select(BitConverter.SingleToInt32Bits));
        }
    }

    private sealed class FiniteHalves : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            // 0x7c00 … 0x7fff and their negatives are infinities and NaN.
            ushort[] source = [.. Enumerable.Range(0, 65536).Where(bits => (bits & 0x7c00) != 0x7c00).Select(bits => (ushort)bits)];
            var actual = new float[source.Length];
            fixed (ushort* from = source)
            fixed (float* to = actual)
                for (int i = 0; i < source.Length; i += TLane.Count)
                    TLane.Store(LaneMath.LoadFiniteHalf<TLane>(from + i), to + i);
            Assert.Equal(source.Select(bits => (float)BitConverter.UInt16BitsToHalf(bits)), actual);
        }
    }

    private sealed class ExpAccuracy : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            var source = new float[1 << 16];
            for (int i = 0; i < source.Length; i++)
                source[i] = (float)(-87.3 + (175.6 * i / source.Length));
            float[] actual = LaneCases.Map<TLane>(source, LaneMath.Exp);
            double worst = 0;
            for (int i = 0; i < source.Length; i++)
            {
                double expected = Math.Exp(source[i]);
                double unit = MathF.BitIncrement((float)expected) - (float)expected;
                worst = Math.Max(worst, Math.Abs(actual[i] - expected) / unit);
            }
            Assert.InRange(worst, 0, 2);
        }
    }

    private sealed class ExpEdges : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            float[] source =
            [
                0, -0f, 1e-30f, -1e-30f, -87.4f, -100, -1e30f, float.NegativeInfinity, float.MinValue,
                89, 1e30f, float.MaxValue, float.PositiveInfinity, float.NaN, 1, -1,
            ];
            float[] actual = LaneCases.Map<TLane>(source, LaneMath.Exp);
            for (int i = 0; i < 4; i++)
                Assert.Equal(1f, actual[i]);
            for (int i = 4; i < 9; i++)
                Assert.Equal(0f, actual[i]);
            for (int i = 9; i < 13; i++)
                Assert.InRange(actual[i], 2.3e38f, 2.5e38f);
            Assert.True(float.IsNaN(actual[13]));
            Assert.Equal(MathF.E, actual[14], 1e-6f);
            Assert.Equal(1 / MathF.E, actual[15], 1e-7f);
        }
    }

    private sealed class Arithmetic : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            float[] a = [.. Enumerable.Range(0, 16).Select(i => ((i * 7) % 16) - 5.5f)];
            float[] b = [.. Enumerable.Range(0, 16).Select(i => ((i * 5) % 16) - 2.25f)];
            TLane second = TLane.Broadcast(2.75f);
            Assert.Equal(a.Select(x => x + 2.75f), LaneCases.Map<TLane>(a, x => x + second));
            Assert.Equal(a.Select(x => x - 2.75f), LaneCases.Map<TLane>(a, x => x - second));
            Assert.Equal(a.Select(x => x * 2.75f), LaneCases.Map<TLane>(a, x => x * second));
            Assert.Equal(a.Select(x => x / 2.75f), LaneCases.Map<TLane>(a, x => x / second));
            Assert.Equal(b.Select(x => (x * 2.75f) + x), LaneCases.Map<TLane>(b, x => TLane.MultiplyAdd(x, second, x)));
            Assert.Equal(a.Select(x => MathF.Max(x, 2.75f)), LaneCases.Map<TLane>(a, x => TLane.Max(x, second)));
            Assert.Equal(a.Select(x => MathF.Min(x, 2.75f)), LaneCases.Map<TLane>(a, x => TLane.Min(x, second)));
            Assert.Equal(a.Select(x => MathF.Round(x)), LaneCases.Map<TLane>(a, TLane.Round));
            Assert.Equal(a.Select(x => x < 2.75f ? 0 : x), LaneCases.Map<TLane>(a, x => TLane.ZeroWhereLess(x, second, x)));
            float[] exponents = [-126, -100, -1, 0, 1, 2, 10, 23, 24, 60, 99, 126, 127, -2, -3, 5];
            Assert.Equal(exponents.Select(x => MathF.Pow(2, x)), LaneCases.Map<TLane>(exponents, TLane.PowerOfTwo));
            Assert.Equal(
                a.Select((_, i) => TLane.Count == 1 ? a[i] : a[i ^ 1]), LaneCases.Map<TLane>(a, TLane.SwapPairs));
            float[] lanes = a[..TLane.Count];
            fixed (float* from = lanes)
            {
                Assert.Equal(lanes.Sum(), TLane.Sum(TLane.Load(from)));
                Assert.Equal(lanes.Max(), TLane.MaxLane(TLane.Load(from)));
            }
            float[] nan = [float.NaN, .. new float[15]];
            Assert.True(float.IsNaN(LaneCases.Map<TLane>(nan, x => TLane.Max(second, x))[0]));
            Assert.True(float.IsNaN(LaneCases.Map<TLane>(nan, x => TLane.Min(second, x))[0]));
        }
    }
}
