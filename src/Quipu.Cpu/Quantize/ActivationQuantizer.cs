using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Quantize;

/// <summary>
/// F32 activations to int8 in groups of 32: scale = max|x| / 127, q = x · (127 / max|x|) to the nearest integer, ties to even. Only correctly
/// rounded operations in a fixed order, so every instruction set gives the same bits. A group whose maximum is below
/// <see cref="Smallest"/> counts as zero: the inverse of its scale would overflow.
/// </summary>
internal static unsafe class ActivationQuantizer
{
    /// <summary>The smallest max|x| that is not taken for zero.</summary>
    public const float Smallest = 1e-35f;

    private const int Length = ActivationRows.GroupLength, Half = Length / 2;

    /// <summary>The kernel of an instruction set: (x, columns, where the row goes).</summary>
    public static delegate* managed<float*, int, QuantizedRow, void> For(InstructionSet set) => set switch
    {
        InstructionSet.Avx2 or InstructionSet.Avx512 => &QuantizeAvx2,
        InstructionSet.AdvSimd => &QuantizeAdvSimd,
        _ => &QuantizeScalar,
    };

    internal static void QuantizeScalar(float* x, int columns, QuantizedRow row)
    {
        for (int group = 0; group < columns / Length; group++, x += Length)
        {
            float max = 0;
            for (int i = 0; i < Length; i++)
            {
                float magnitude = MathF.Abs(x[i]);
                if (magnitude > max) max = magnitude;
            }

            (float scale, float inverse) = ScaleOf(max);
            int lower = 0, upper = 0;
            for (int i = 0; i < Length; i++)
            {
                int q = ToInt8(MathF.Round(x[i] * inverse));
                row.Quants[(i / 4 * 4 * row.Stride) + (i % 4)] = (sbyte)q;
                if (i < Half) lower += q;
                else upper += q;
            }

            row.Quants += Length * row.Stride;
            WriteScales(ref row, scale, lower, upper);
        }
    }

    private static void QuantizeAvx2(float* x, int columns, QuantizedRow row)
    {
        for (int group = 0; group < columns / Length; group++, x += Length)
        {
            Vector256<float> x0 = Vector256.Load(x), x1 = Vector256.Load(x + 8), x2 = Vector256.Load(x + 16), x3 = Vector256.Load(x + 24);
            Vector256<float> magnitude = Vector256.MaxNative(
                Vector256.MaxNative(Vector256.Abs(x0), Vector256.Abs(x1)), Vector256.MaxNative(Vector256.Abs(x2), Vector256.Abs(x3)));
            (float scale, float inverse) = ScaleOf(MaxLane(Vector128.MaxNative(magnitude.GetLower(), magnitude.GetUpper())));
            Vector256<float> factor = Vector256.Create(inverse);
            // The conversion rounds to nearest even.
            Vector256<int> q0 = Avx.ConvertToVector256Int32(x0 * factor), q1 = Avx.ConvertToVector256Int32(x1 * factor);
            Vector256<int> q2 = Avx.ConvertToVector256Int32(x2 * factor), q3 = Avx.ConvertToVector256Int32(x3 * factor);
            Store(Narrow(q0, q1), row.Quants, row.Stride);
            Store(Narrow(q2, q3), row.Quants + (Half * row.Stride), row.Stride);
            row.Quants += Length * row.Stride;
            WriteScales(ref row, scale, Vector256.Sum(q0 + q1), Vector256.Sum(q2 + q3));
        }
    }

    private static void QuantizeAdvSimd(float* x, int columns, QuantizedRow row)
    {
        for (int group = 0; group < columns / Length; group++, x += Length)
        {
            Vector128<float> magnitude = Vector128.Abs(Vector128.Load(x));
            for (int i = 4; i < Length; i += 4) magnitude = Vector128.MaxNative(magnitude, Vector128.Abs(Vector128.Load(x + i)));
            (float scale, float inverse) = ScaleOf(MaxLane(magnitude));
            Vector128<float> factor = Vector128.Create(inverse);
            int lower = QuantizeHalf(x, factor, row.Quants, row.Stride), upper = QuantizeHalf(x + Half, factor, row.Quants + (Half * row.Stride), row.Stride);
            row.Quants += Length * row.Stride;
            WriteScales(ref row, scale, lower, upper);
        }
    }

    private static int QuantizeHalf(float* x, Vector128<float> factor, sbyte* quants, int stride)
    {
        Vector128<int> q0 = AdvSimd.ConvertToInt32RoundToEven(Vector128.Load(x) * factor);
        Vector128<int> q1 = AdvSimd.ConvertToInt32RoundToEven(Vector128.Load(x + 4) * factor);
        Vector128<int> q2 = AdvSimd.ConvertToInt32RoundToEven(Vector128.Load(x + 8) * factor);
        Vector128<int> q3 = AdvSimd.ConvertToInt32RoundToEven(Vector128.Load(x + 12) * factor);
        Vector128<short> low = AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(q0), q1);
        Vector128<short> high = AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(q2), q3);
        Store(AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(low), high), quants, stride);
        return Vector128.Sum(q0 + q1 + q2 + q3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Narrow(Vector256<int> q0, Vector256<int> q1) => Sse2.PackSignedSaturate(
        Sse2.PackSignedSaturate(q0.GetLower(), q0.GetUpper()), Sse2.PackSignedSaturate(q1.GetLower(), q1.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<sbyte> quants, sbyte* destination, int stride)
    {
        Vector128<int> fours = quants.AsInt32();
        *(int*)destination = fours.GetElement(0);
        *(int*)(destination + (4 * stride)) = fours.GetElement(1);
        *(int*)(destination + (8 * stride)) = fours.GetElement(2);
        *(int*)(destination + (12 * stride)) = fours.GetElement(3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteScales(ref QuantizedRow row, float scale, int lower, int upper)
    {
        *row.Scales = scale;
        *row.Sums = scale * (lower + upper);
        *row.HalfSums = Int16Pair.Of(lower, upper);
        row.Scales += row.Stride;
        row.Sums += row.Stride;
        row.HalfSums += row.Stride;
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
}
