using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand;

/// <summary>Four rows in a register of 128 bits: AdvSimd. Portable, so that every machine can test it.</summary>
internal readonly unsafe struct FourRows(Vector128<uint> value) : IRowLanes<FourRows>
{
    private readonly Vector128<uint> _value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows Broadcast(byte value) => new(Vector128.Create(value).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadColumns(RowPointers rows, long offset, out FourRows c0, out FourRows c1, out FourRows c2, out FourRows c3)
    {
        byte* row0 = rows.Row0 + offset, row3 = rows.Row3 + offset;
        Vector128<uint> r0 = Vector128.Load((uint*)row0), r1 = Vector128.Load((uint*)(row0 + rows.Stride));
        Vector128<uint> r2 = Vector128.Load((uint*)(row0 + (2 * rows.Stride))), r3 = Vector128.Load((uint*)row3);
        Vector128<ulong> a01 = ZipLow(r0, r1).AsUInt64(), a23 = ZipHigh(r0, r1).AsUInt64();
        Vector128<ulong> b01 = ZipLow(r2, r3).AsUInt64(), b23 = ZipHigh(r2, r3).AsUInt64();
        c0 = new(Vector128.Create(a01.GetLower(), b01.GetLower()).AsUInt32());
        c1 = new(Vector128.Create(a01.GetUpper(), b01.GetUpper()).AsUInt32());
        c2 = new(Vector128.Create(a23.GetLower(), b23.GetLower()).AsUInt32());
        c3 = new(Vector128.Create(a23.GetUpper(), b23.GetUpper()).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows LoadWords(RowPointers rows, long offset)
    {
        byte* row0 = rows.Row0 + offset, row3 = rows.Row3 + offset;
        return new(Vector128.Create(*(uint*)row0, *(uint*)(row0 + rows.Stride), *(uint*)(row0 + (2 * rows.Stride)), *(uint*)row3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows Lookup(Vector128<sbyte> table, FourRows indices) =>
        new(Vector128.ShuffleNative(table.AsByte(), indices._value.AsByte()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows FifthBits(FourRows masks, int chunk)
    {
        // Each byte gets the byte of its lane's mask that holds its bit, in the upper half, and keeps that bit alone: 16 or more, or nothing.
        Vector128<uint> source = chunk % 2 == 0 ? Vector128.ShiftLeft(masks._value, 4) : masks._value;
        Vector128<byte> pick = (Vector128.Create(0x00000000u, 0x04040404, 0x08080808, 0x0c0c0c0c)
            + Vector128.Create(0x01010101u * (uint)(chunk / 2))).AsByte();
        return new(Vector128.Min(Vector128.ShuffleNative(source.AsByte(), pick) & Vector128.Create(0x80402010u).AsByte(), Vector128.Create((byte)16)).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows ShiftLeft(FourRows value, int count) => new(Vector128.ShiftLeft(value._value, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows ShiftRight(FourRows value, int count) => new(Vector128.ShiftRightLogical(value._value, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows ShiftRightSigned(FourRows value, int count) => new(Vector128.ShiftRightArithmetic(value._value.AsInt32(), count).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows operator &(FourRows a, FourRows b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows operator |(FourRows a, FourRows b) => new(a._value | b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows Subtract(FourRows value, int amount) => new((value._value.AsInt32() - Vector128.Create(amount)).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows SubtractBytes(FourRows value, byte amount) => new((value._value.AsByte() - Vector128.Create(amount)).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows Pair(FourRows bytes, int first, int second)
    {
        // The bytes go to the upper halves, zeros below them, and the shift brings them down with their signs.
        Vector128<byte> pick = (Vector128.Create(0u, 0x04000400, 0x08000800, 0x0c000c00)
            + Vector128.Create(0x00800080u + ((uint)first << 8) + ((uint)second << 24))).AsByte();
        return new(Vector128.ShiftRightArithmetic(Vector128.ShuffleNative(bytes._value.AsByte(), pick).AsInt16(), 8).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows ToSingle(FourRows value) => new(Vector128.ConvertToSingle(value._value.AsInt32()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows HalfToSingle(FourRows value)
    {
        Vector128<int> moved = Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(value._value.AsInt32(), 16), 3) & Vector128.Create(HalfBits.SingleMask);
        Vector128<int> special = Vector128.GreaterThan(moved & Vector128.Create(HalfBits.MagnitudeMask), Vector128.Create(HalfBits.LargestFinite));
        Vector128<float> scaled = moved.AsSingle() * Vector128.Create(HalfBits.Rebias);
        return new(scaled.AsUInt32() | (special & Vector128.Create(HalfBits.SingleInfinity)).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows Multiply(FourRows a, FourRows b) => new((a._value.AsSingle() * b._value.AsSingle()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourRows Multiply(FourRows a, float b) => new((a._value.AsSingle() * Vector128.Create(b)).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(FourRows value, void* destination) => value._value.Store((uint*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ZipLow(Vector128<uint> a, Vector128<uint> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Sse2.IsSupported ? Sse2.UnpackLow(a, b)
        : Vector128.Create(a.GetElement(0), b.GetElement(0), a.GetElement(1), b.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ZipHigh(Vector128<uint> a, Vector128<uint> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Sse2.IsSupported ? Sse2.UnpackHigh(a, b)
        : Vector128.Create(a.GetElement(2), b.GetElement(2), a.GetElement(3), b.GetElement(3));
}
