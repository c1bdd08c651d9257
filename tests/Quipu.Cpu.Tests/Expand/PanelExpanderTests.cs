using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using CsCheck;
using Quipu.Cpu.Expand;
using Quipu.Gguf;
using Quipu.Tensors;
using Quipu.Testing;

namespace Quipu.Cpu.Tests.Expand;

/// <summary>Expanded rows against the formats' own decoding, on every instruction set that runs here.</summary>
public sealed unsafe class PanelExpanderTests
{
    /// <summary>Relative to the magnitudes that are added; decoding rounds in another order.</summary>
    private const float Tolerance = 1e-6f;

    /// <summary>Written around the outputs, to notice writes beyond them.</summary>
    private const byte Sentinel = 0xA5;

    private const int Guard = 64;

    private static IEnumerable<TensorType> QuantizedTypes =>
        TensorFormats.All.Select(format => format.Type).Where(PanelExpanders.IsQuantized);

    public static TheoryData<TensorType, int> TypesAndSets =>
        [.. from type in QuantizedTypes from set in Sets select (type, (int)set)];

    public static TheoryData<TensorType> Types => [.. QuantizedTypes];

    /// <summary>The code for AdvSimd is portable: it runs wherever 128-bit vectors do.</summary>
    private static IEnumerable<InstructionSet> Sets => Vector128.IsHardwareAccelerated
        ? InstructionSets.Supported.Append(InstructionSet.AdvSimd).Distinct()
        : InstructionSets.Supported;

    [Theory, MemberData(nameof(TypesAndSets))]
    public void Random_rows_expand_to_what_they_decode_to(TensorType type, int set)
    {
        var format = TensorFormats.Get(type);
        Gen.Select(Gen.Int[1, 40], Gen.Int).Sample(
            (blocks, seed) =>
            {
                byte[] row = RandomRow(format, blocks, new Random(seed));
                AssertMatches(format, (InstructionSet)set, row, blocks * format.BlockLength);
            },
            iter: 50);
    }

    [Theory, MemberData(nameof(TypesAndSets))]
    public void Rows_of_the_tiny_models_expand_to_what_they_decode_to(TensorType type, int set)
    {
        int rows = 0;
        foreach (string path in Directory.GetFiles(TestPaths.Fixture("tiny"), "*.gguf"))
        {
            using var file = GgufFile.Open(path);
            foreach (var view in file.Tensors.Where(tensor => tensor.Type == type).Select(tensor => tensor.View))
            {
                for (int row = 0; row < view.Rows; row += 13, rows++)
                    AssertMatches(view.Format, (InstructionSet)set, view.Row(row).ToArray(), view.Columns);
            }
        }
        Assert.True(rows >= 100, $"Only {rows} rows of {type} in the tiny models.");
    }

    [Theory, MemberData(nameof(TypesAndSets))]
    public void Every_scale_that_is_not_finite_stays_so(TensorType type, int set)
    {
        var format = TensorFormats.Get(type);
        foreach (ushort bits in (ushort[])[0x7C00, 0xFC00, 0x7E01, 0xFFFF])
        {
            byte[] row = RandomRow(format, 5, new Random(bits));
            for (int block = 0; block < 5; block++)
                SetScales(row.AsSpan(block * format.BlockBytes, format.BlockBytes), type, bits, bits);
            var expanded = Expanded.Of((InstructionSet)set, type, row, 5 * format.BlockLength);
            Assert.All(expanded.Scales, scale => Assert.False(float.IsFinite(scale)));
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void Ranges_are_those_that_the_kernels_count_on(TensorType type)
    {
        QuantRange range = type switch
        {
            TensorType.Q8_0 or TensorType.IQ4_NL or TensorType.IQ4_XS => QuantRange.Signed,
            TensorType.Q4_0 or TensorType.Q4_1 or TensorType.Q4_K => QuantRange.Below16,
            TensorType.Q5_0 or TensorType.Q5_1 or TensorType.Q5_K => QuantRange.Below32,
            _ => QuantRange.Below64,
        };
        foreach (var set in Sets) Assert.Equal(range, PanelExpanders.For(type, set).Range);
    }

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void Unquantized_types_have_no_expander(TensorType type)
    {
        Assert.False(PanelExpanders.IsQuantized(type));
        var error = Assert.Throws<NotSupportedException>(() => PanelExpanders.For(type, InstructionSet.Scalar));
        Assert.Contains($"{type}", error.Message, StringComparison.Ordinal);
    }

    private static void AssertMatches(TensorFormat format, InstructionSet set, byte[] row, int columns)
    {
        float[] decoded = new float[columns];
        format.Decode(row, decoded);
        var expander = PanelExpanders.For(format.Type, set);
        var actual = Expanded.Of(set, format.Type, row, columns);
        var reference = Expanded.Of(InstructionSet.Scalar, format.Type, row, columns);
        Assert.Equal(reference.Quants, actual.Quants);
        Assert.Equal(reference.Scales, actual.Scales);
        Assert.Equal(reference.Mins, actual.Mins);
        Assert.Equal(reference.SubScales, actual.SubScales);
        for (int i = 0; i < columns; i++)
        {
            bool hasMins = QuantRanges.HasMins(expander.Range);
            int quant = hasMins ? actual.Quants[i] : (sbyte)actual.Quants[i];
            int most = expander.Range switch { QuantRange.Below16 => 15, QuantRange.Below32 => 31, QuantRange.Below64 => 63, _ => 127 };
            if (quant > most) Assert.Fail($"Quant {i} is {quant}, more than the kernels of {expander.Range} can take.");
            (int factor, int minFactor) = actual.Factors(i);
            if (factor is < sbyte.MinValue or > sbyte.MaxValue) Assert.Fail($"Sub-scale {i / 16} is {factor}, no int8.");
            float product = actual.Scales[i / 32] * factor * quant, min = hasMins ? actual.Mins[i / 32] * minFactor : 0;
            if (!(MathF.Abs(product + min - decoded[i]) <= Tolerance * (MathF.Abs(product) + MathF.Abs(min))))
                Assert.Fail($"Element {i} is {product + min}, but decodes to {decoded[i]}.");
        }
    }

    private static byte[] RandomRow(TensorFormat format, int blocks, Random random)
    {
        byte[] row = new byte[blocks * format.BlockBytes];
        random.NextBytes(row);
        for (int block = 0; block < blocks; block++)
            SetScales(row.AsSpan(block * format.BlockBytes, format.BlockBytes), format.Type, RandomScale(random), RandomScale(random));
        return row;
    }

    /// <summary>Any finite F16 below 32: subnormal ones and zero too.</summary>
    private static ushort RandomScale(Random random) => (ushort)(random.Next(0x5000) | (random.Next(2) << 15));

    private static void SetScales(Span<byte> block, TensorType type, ushort scale, ushort minimum)
    {
        (int at, int minimumAt) = type switch
        {
            TensorType.Q2_K => (80, 82),
            TensorType.Q3_K => (108, -1),
            TensorType.Q6_K => (208, -1),
            TensorType.Q4_1 or TensorType.Q5_1 or TensorType.Q4_K or TensorType.Q5_K => (0, 2),
            _ => (0, -1),
        };
        BinaryPrimitives.WriteUInt16LittleEndian(block[at..], scale);
        if (minimumAt >= 0)
            BinaryPrimitives.WriteUInt16LittleEndian(block[minimumAt..], minimum);
    }

    /// <summary>An expanded row.</summary>
    private sealed record Expanded(byte[] Quants, float[] Scales, float[] Mins, int[] SubScales)
    {
        /// <summary>What multiplies the scale and the minimum of an element.</summary>
        public (int Scale, int Minimum) Factors(int element)
        {
            if (SubScales.Length == 0) return (1, 1);
            int group = 3 * (element / 32), half = element % 32 / 16;
            int scales = SubScales[group + half], mins = SubScales[group + 2];
            Assert.Equal(scales >> 16, (short)scales);
            return ((short)scales, half == 0 ? (short)mins : mins >> 16);
        }

        /// <summary>Expands a row into every lane of guarded memory.</summary>
        public static Expanded Of(InstructionSet set, TensorType type, byte[] row, int columns)
        {
            var expander = PanelExpanders.For(type, set);
            int lanes = WeightPanel.LanesOf(set);
            byte[] memory = Guarded(WeightPanel.Bytes(columns, lanes));
            fixed (byte* source = row, target = memory)
            {
                var panel = new WeightPanel(target + Guard, columns, lanes);
                expander.Fill(source, 0, panel);
                AssertGuards(memory);
                var first = Lane(panel, expander, lanes, 0);
                for (int lane = 1; lane < lanes; lane++)
                {
                    var other = Lane(panel, expander, lanes, lane);
                    Assert.Equal(first.Quants, other.Quants);
                    Assert.Equal(first.Scales, other.Scales);
                    Assert.Equal(first.Mins, other.Mins);
                    Assert.Equal(first.SubScales, other.SubScales);
                }

                return first;
            }
        }

        private static Expanded Lane(WeightPanel panel, PanelExpander expander, int lanes, int lane)
        {
            byte[] quants = new byte[panel.Columns];
            for (int i = 0; i < quants.Length; i++) quants[i] = panel.Quants[(((i / 4 * lanes) + lane) * 4) + (i % 4)];
            int[] subScales = new int[QuantRanges.HasSubScales(expander.Range) ? 3 * panel.Columns / WeightPanel.GroupLength : 0];
            for (int i = 0; i < subScales.Length; i++) subScales[i] = panel.SubScales[(i * lanes) + lane];
            return new Expanded(quants, Floats(panel.Scales), QuantRanges.HasMins(expander.Range) ? Floats(panel.Mins) : [], subScales);

            float[] Floats(float* values)
            {
                float[] result = new float[panel.Columns / WeightPanel.GroupLength];
                for (int i = 0; i < result.Length; i++) result[i] = values[(i * lanes) + lane];
                return result;
            }
        }

        private static byte[] Guarded(int length)
        {
            byte[] memory = new byte[length + (2 * Guard)];
            Array.Fill(memory, Sentinel);
            return memory;
        }

        private static void AssertGuards(byte[] memory)
        {
            bool intact = !memory.AsSpan(0, Guard).ContainsAnyExcept(Sentinel)
                && !memory.AsSpan(memory.Length - Guard).ContainsAnyExcept(Sentinel);
            Assert.True(intact, "The expander wrote outside its output.");
        }
    }
}
