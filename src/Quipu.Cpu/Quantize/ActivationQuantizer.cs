using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.Quantize;

/// <summary>
/// F32 activations to int8 in blocks of 32: scale = max|x| / 127, q = x · (127 / max|x|) to the nearest integer, ties to even. Only correctly
/// rounded operations in a fixed order, so every instruction set gives the same bits. A block whose maximum is below
/// <see cref="Smallest"/> counts as zero: the inverse of its scale would overflow.
/// </summary>
internal static unsafe class ActivationQuantizer
{
    /// <summary>The smallest max|x| that is not taken for zero.</summary>
    public const float Smallest = 1e-35f;

    /// <summary>The kernel of an instruction set: (x, layout, quants, scales, sums), one row; padding is zeroed.</summary>
    public static delegate* managed<float*, RowLayout, sbyte*, float*, float*, void> For(InstructionSet set) => set switch
    {
        InstructionSet.Avx2 or InstructionSet.Avx512 => &QuantizeAvx2,
        InstructionSet.AdvSimd => &QuantizeAdvSimd,
        _ => &QuantizeScalar,
    };

    internal static void QuantizeScalar(float* x, RowLayout layout, sbyte* quants, float* scales, float* sums)
    {
        ClearPadding(layout, quants, scales, sums);
        for (int block = 0; block < layout.Columns; block += RowLayout.BlockLength)
        {
            float max = 0;
            for (int i = 0; i < RowLayout.BlockLength; i++)
            {
                float magnitude = MathF.Abs(x[block + i]);
                if (magnitude > max) max = magnitude;
            }

            (float scale, float inverse) = ScaleOf(max);
            for (int half = 0; half < 2; half++)
            {
                int group = (block / RowLayout.GroupLength) + half, start = group * RowLayout.GroupLength, sum = 0;
                for (int i = start; i < start + RowLayout.GroupLength; i++)
                {
                    int q = ToInt8(MathF.Round(x[i] * inverse));
                    quants[i] = (sbyte)q;
                    sum += q;
                }

                scales[group] = scale;
                sums[group] = scale * sum;
            }
        }
    }

    private static void QuantizeAvx2(float* x, RowLayout layout, sbyte* quants, float* scales, float* sums)
    {
        ClearPadding(layout, quants, scales, sums);
        for (int block = 0; block < layout.Columns; block += RowLayout.BlockLength)
        {
            Vector256<float> x0 = Vector256.Load(x + block), x1 = Vector256.Load(x + block + 8);
            Vector256<float> x2 = Vector256.Load(x + block + 16), x3 = Vector256.Load(x + block + 24);
            Vector256<float> magnitude = Vector256.MaxNative(
                Vector256.MaxNative(Vector256.Abs(x0), Vector256.Abs(x1)), Vector256.MaxNative(Vector256.Abs(x2), Vector256.Abs(x3)));
            (float scale, float inverse) = ScaleOf(MaxLane(Vector128.MaxNative(magnitude.GetLower(), magnitude.GetUpper())));
            Vector256<float> factor = Vector256.Create(inverse);
            // The conversion rounds to nearest even.
            Vector256<int> q0 = Avx.ConvertToVector256Int32(x0 * factor), q1 = Avx.ConvertToVector256Int32(x1 * factor);
            Vector256<int> q2 = Avx.ConvertToVector256Int32(x2 * factor), q3 = Avx.ConvertToVector256Int32(x3 * factor);
            Vector256<short> low = Avx2.PackSignedSaturate(q0, q1), high = Avx2.PackSignedSaturate(q2, q3);
            // The packs work in halves of 128 bits; the permutation puts the groups of four back in order.
            Vector256<int> packed = Avx2.PermuteVar8x32(Avx2.PackSignedSaturate(low, high).AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7));
            packed.AsSByte().Store(quants + block);
            StoreGroups(block, scale, Vector256.Sum(q0 + q1), Vector256.Sum(q2 + q3), scales, sums);
        }
    }

    private static void QuantizeAdvSimd(float* x, RowLayout layout, sbyte* quants, float* scales, float* sums)
    {
        ClearPadding(layout, quants, scales, sums);
        for (int block = 0; block < layout.Columns; block += RowLayout.BlockLength)
        {
            Vector128<float> magnitude = Vector128<float>.Zero;
            for (int i = 0; i < RowLayout.BlockLength; i += 4)
                magnitude = Vector128.MaxNative(magnitude, Vector128.Abs(Vector128.Load(x + block + i)));
            (float scale, float inverse) = ScaleOf(MaxLane(magnitude));
            int low = QuantizeGroup(x + block, inverse, quants + block);
            int high = QuantizeGroup(x + block + 16, inverse, quants + block + 16);
            StoreGroups(block, scale, low, high, scales, sums);
        }
    }

    // 16 elements; returns their sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int QuantizeGroup(float* x, float inverse, sbyte* quants)
    {
        Vector128<float> factor = Vector128.Create(inverse);
        Vector128<int> q0 = AdvSimd.ConvertToInt32RoundToEven(Vector128.Load(x) * factor);
        Vector128<int> q1 = AdvSimd.ConvertToInt32RoundToEven(Vector128.Load(x + 4) * factor);
        Vector128<int> q2 = AdvSimd.ConvertToInt32RoundToEven(Vector128.Load(x + 8) * factor);
        Vector128<int> q3 = AdvSimd.ConvertToInt32RoundToEven(Vector128.Load(x + 12) * factor);
        Vector128<short> low = AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(q0), q1);
        Vector128<short> high = AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(q2), q3);
        AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(low), high).Store(quants);
        return Vector128.Sum(q0 + q1 + q2 + q3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Scale, float Inverse) ScaleOf(float max) => max >= Smallest ? (max / 127f, 127f / max) : (0f, 0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreGroups(int block, float scale, int low, int high, float* scales, float* sums)
    {
        int group = block / RowLayout.GroupLength;
        scales[group] = scale;
        scales[group + 1] = scale;
        sums[group] = scale * low;
        sums[group + 1] = scale * high;
    }

    // Only a NaN or an infinity among the activations leaves the range; what it becomes does not matter, but it must be an int8.
    private static int ToInt8(float rounded) => rounded is >= -127f and <= 127f ? (int)rounded : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float MaxLane(Vector128<float> value)
    {
        Vector128<float> pairs = Vector128.MaxNative(value, Vector128.Shuffle(value, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    private static void ClearPadding(RowLayout layout, sbyte* quants, float* scales, float* sums)
    {
        new Span<sbyte>(quants + layout.Columns, layout.Quants - layout.Columns).Clear();
        int groups = layout.Columns / RowLayout.GroupLength;
        new Span<float>(scales + groups, layout.Groups - groups).Clear();
        new Span<float>(sums + groups, layout.Groups - groups).Clear();
    }
}
