using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.Quantize;

/// <summary>
/// F32 activations to int8 in groups of 16: scale = max|x| / 127, q = x · (127 / max|x|) to the nearest integer, ties to even. Only correctly
/// rounded operations in a fixed order, so every instruction set gives the same bits. A group whose maximum is below
/// <see cref="Smallest"/> counts as zero: the inverse of its scale would overflow.
/// </summary>
/// <remarks>
/// Sixteen, not the usual 32, because the weights have a scale for every 16 elements anyway: the step is finer where a neighbour is large, at no cost
/// in the kernels.
/// </remarks>
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
        for (int group = 0; group < layout.Columns / RowLayout.GroupLength; group++)
        {
            int start = group * RowLayout.GroupLength, sum = 0;
            float max = 0;
            for (int i = start; i < start + RowLayout.GroupLength; i++)
            {
                float magnitude = MathF.Abs(x[i]);
                if (magnitude > max) max = magnitude;
            }

            (float scale, float inverse) = ScaleOf(max);
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

    private static void QuantizeAvx2(float* x, RowLayout layout, sbyte* quants, float* scales, float* sums)
    {
        ClearPadding(layout, quants, scales, sums);
        for (int group = 0; group < layout.Columns / RowLayout.GroupLength; group++)
        {
            float* source = x + (group * RowLayout.GroupLength);
            Vector256<float> x0 = Vector256.Load(source), x1 = Vector256.Load(source + 8);
            Vector256<float> magnitude = Vector256.MaxNative(Vector256.Abs(x0), Vector256.Abs(x1));
            (float scale, float inverse) = ScaleOf(MaxLane(Vector128.MaxNative(magnitude.GetLower(), magnitude.GetUpper())));
            Vector256<float> factor = Vector256.Create(inverse);
            // The conversion rounds to nearest even.
            Vector256<int> q0 = Avx.ConvertToVector256Int32(x0 * factor), q1 = Avx.ConvertToVector256Int32(x1 * factor);
            Vector128<short> low = Sse2.PackSignedSaturate(q0.GetLower(), q0.GetUpper());
            Vector128<short> high = Sse2.PackSignedSaturate(q1.GetLower(), q1.GetUpper());
            Sse2.PackSignedSaturate(low, high).Store(quants + (group * RowLayout.GroupLength));
            scales[group] = scale;
            sums[group] = scale * Vector256.Sum(q0 + q1);
        }
    }

    private static void QuantizeAdvSimd(float* x, RowLayout layout, sbyte* quants, float* scales, float* sums)
    {
        ClearPadding(layout, quants, scales, sums);
        for (int group = 0; group < layout.Columns / RowLayout.GroupLength; group++)
        {
            float* source = x + (group * RowLayout.GroupLength);
            Vector128<float> x0 = Vector128.Load(source), x1 = Vector128.Load(source + 4);
            Vector128<float> x2 = Vector128.Load(source + 8), x3 = Vector128.Load(source + 12);
            (float scale, float inverse) = ScaleOf(MaxLane(Vector128.MaxNative(
                Vector128.MaxNative(Vector128.Abs(x0), Vector128.Abs(x1)), Vector128.MaxNative(Vector128.Abs(x2), Vector128.Abs(x3)))));
            Vector128<float> factor = Vector128.Create(inverse);
            Vector128<int> q0 = AdvSimd.ConvertToInt32RoundToEven(x0 * factor), q1 = AdvSimd.ConvertToInt32RoundToEven(x1 * factor);
            Vector128<int> q2 = AdvSimd.ConvertToInt32RoundToEven(x2 * factor), q3 = AdvSimd.ConvertToInt32RoundToEven(x3 * factor);
            Vector128<short> low = AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(q0), q1);
            Vector128<short> high = AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(q2), q3);
            AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(low), high).Store(quants + (group * RowLayout.GroupLength));
            scales[group] = scale;
            sums[group] = scale * Vector128.Sum(q0 + q1 + q2 + q3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Scale, float Inverse) ScaleOf(float max) => max >= Smallest ? (max / 127f, 127f / max) : (0f, 0f);

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
