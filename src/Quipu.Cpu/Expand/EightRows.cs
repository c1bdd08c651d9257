using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand;

/// <summary>Eight rows in a register of 256 bits: AVX2, and twice for AVX-512.</summary>
internal readonly unsafe struct EightRows(Vector256<uint> value) : IRowLanes<EightRows>
{
    private readonly Vector256<uint> _value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows Broadcast(byte value) => new(Vector256.Create(value).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadColumns(RowPointers rows, long offset, out EightRows c0, out EightRows c1, out EightRows c2, out EightRows c3)
    {
        // Unpacking works within halves of 128 bits: rows 0 to 3 stay in the lower one, rows 4 to 7 in the upper.
        byte* r0 = rows.Row0 + offset, r3 = rows.Row3 + offset, r6 = rows.Row6 + offset;
        long stride = rows.Stride;
        Vector256<uint> r04 = Both(r0, r3 + stride), r15 = Both(r0 + stride, r3 + (2 * stride));
        Vector256<uint> r26 = Both(r0 + (2 * stride), r6), r37 = Both(r3, r6 + stride);
        Vector256<ulong> a01 = Avx2.UnpackLow(r04, r15).AsUInt64(), a23 = Avx2.UnpackHigh(r04, r15).AsUInt64();
        Vector256<ulong> b01 = Avx2.UnpackLow(r26, r37).AsUInt64(), b23 = Avx2.UnpackHigh(r26, r37).AsUInt64();
        c0 = new(Avx2.UnpackLow(a01, b01).AsUInt32());
        c1 = new(Avx2.UnpackHigh(a01, b01).AsUInt32());
        c2 = new(Avx2.UnpackLow(a23, b23).AsUInt32());
        c3 = new(Avx2.UnpackHigh(a23, b23).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows LoadWords(RowPointers rows, long offset)
    {
        byte* r0 = rows.Row0 + offset, r3 = rows.Row3 + offset, r6 = rows.Row6 + offset;
        long stride = rows.Stride;
        return new(Vector256.Create(
            *(uint*)r0, *(uint*)(r0 + stride), *(uint*)(r0 + (2 * stride)), *(uint*)r3,
            *(uint*)(r3 + stride), *(uint*)(r3 + (2 * stride)), *(uint*)r6, *(uint*)(r6 + stride)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows Lookup(Vector128<sbyte> table, EightRows indices) =>
        new(Avx2.Shuffle(Vector256.Create(table, table), indices._value.AsSByte()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows FifthBits(EightRows masks, int chunk)
    {
        // Each byte gets the byte of its lane's mask that holds its bit, in the upper half, and keeps that bit alone: 16 or more, or nothing.
        Vector256<uint> source = chunk % 2 == 0 ? Vector256.ShiftLeft(masks._value, 4) : masks._value;
        Vector256<byte> pick = (Vector256.Create(0x00000000u, 0x04040404, 0x08080808, 0x0c0c0c0c, 0, 0x04040404, 0x08080808, 0x0c0c0c0c)
            + Vector256.Create(0x01010101u * (uint)(chunk / 2))).AsByte();
        return new(Vector256.Min(Avx2.Shuffle(source.AsByte(), pick) & Vector256.Create(0x80402010u).AsByte(), Vector256.Create((byte)16)).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows ShiftLeft(EightRows value, int count) => new(Vector256.ShiftLeft(value._value, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows ShiftRight(EightRows value, int count) => new(Vector256.ShiftRightLogical(value._value, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows ShiftRightSigned(EightRows value, int count) => new(Vector256.ShiftRightArithmetic(value._value.AsInt32(), count).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows operator &(EightRows a, EightRows b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows operator |(EightRows a, EightRows b) => new(a._value | b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows Subtract(EightRows value, int amount) => new((value._value.AsInt32() - Vector256.Create(amount)).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows SubtractBytes(EightRows value, byte amount) => new((value._value.AsByte() - Vector256.Create(amount)).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows Pair(EightRows bytes, int first, int second)
    {
        // The bytes go to the upper halves, zeros below them, and the shift brings them down with their signs.
        Vector256<byte> pick = (Vector256.Create(0u, 0x04000400, 0x08000800, 0x0c000c00, 0, 0x04000400, 0x08000800, 0x0c000c00)
            + Vector256.Create(0x00800080u + ((uint)first << 8) + ((uint)second << 24))).AsByte();
        return new(Vector256.ShiftRightArithmetic(Avx2.Shuffle(bytes._value.AsByte(), pick).AsInt16(), 8).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows ToSingle(EightRows value) => new(Avx.ConvertToVector256Single(value._value.AsInt32()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows HalfToSingle(EightRows value)
    {
        Vector256<int> moved = Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(value._value.AsInt32(), 16), 3) & Vector256.Create(HalfBits.SingleMask);
        Vector256<int> special = Vector256.GreaterThan(moved & Vector256.Create(HalfBits.MagnitudeMask), Vector256.Create(HalfBits.LargestFinite));
        Vector256<float> scaled = moved.AsSingle() * Vector256.Create(HalfBits.Rebias);
        return new(scaled.AsUInt32() | (special & Vector256.Create(HalfBits.SingleInfinity)).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows Multiply(EightRows a, EightRows b) => new((a._value.AsSingle() * b._value.AsSingle()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightRows Multiply(EightRows a, float b) => new((a._value.AsSingle() * Vector256.Create(b)).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(EightRows value, void* destination) => value._value.Store((uint*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Both(byte* lower, byte* upper) => Vector256.Create(Vector128.Load(lower), Vector128.Load(upper)).AsUInt32();
}
