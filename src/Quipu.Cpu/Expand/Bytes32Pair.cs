using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Quipu.Cpu.Expand;

/// <summary>32 bytes in two registers: AdvSimd. Portable, so that every machine can test it.</summary>
internal readonly unsafe struct Bytes32Pair(Vector128<byte> first, Vector128<byte> second) : IBytes32<Bytes32Pair>
{
    private readonly Vector128<byte> _first = first, _second = second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Pair Broadcast(byte value) => new(Vector128.Create(value), Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Pair Load(byte* source) => new(Vector128.Load(source), Vector128.Load(source + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Pair LoadNibbles(byte* source)
    {
        Vector128<byte> packed = Vector128.Load(source);
        return new(packed & Vector128.Create((byte)15), Vector128.ShiftRightLogical(packed, 4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Pair FromBits(uint* bits, byte value)
    {
        // Each byte gets the byte of the mask that holds its bit, then keeps that bit alone.
        Vector128<byte> all = Vector128.Create(*bits).AsByte();
        Vector128<byte> first = Vector128.ShuffleNative(all, Vector128.Create(0UL, 0x0101010101010101).AsByte());
        Vector128<byte> second = Vector128.ShuffleNative(all, Vector128.Create(0x0202020202020202UL, 0x0303030303030303).AsByte());
        Vector128<byte> bit = Vector128.Create(0x8040201008040201UL).AsByte(), values = Vector128.Create(value);
        return new(Vector128.Equals(first & bit, bit) & values, Vector128.Equals(second & bit, bit) & values);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Pair Lookup(Vector128<sbyte> table, Bytes32Pair indices) => new(
        Vector128.ShuffleNative(table.AsByte(), indices._first), Vector128.ShuffleNative(table.AsByte(), indices._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Pair ShiftLeft(Bytes32Pair value, int count) => new(
        Vector128.ShiftLeft(value._first.AsUInt16(), count).AsByte(), Vector128.ShiftLeft(value._second.AsUInt16(), count).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Pair ShiftRight(Bytes32Pair value, int count) => new(
        Vector128.ShiftRightLogical(value._first.AsUInt16(), count).AsByte(),
        Vector128.ShiftRightLogical(value._second.AsUInt16(), count).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Pair operator &(Bytes32Pair a, Bytes32Pair b) => new(a._first & b._first, a._second & b._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Pair operator |(Bytes32Pair a, Bytes32Pair b) => new(a._first | b._first, a._second | b._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Bytes32Pair value, byte* destination)
    {
        value._first.Store(destination);
        value._second.Store(destination + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTransposed<TLanes>(Bytes32Pair a, Bytes32Pair b, Bytes32Pair c, Bytes32Pair d, byte* destination)
        where TLanes : struct, ILanes
    {
        PanelTranspose<TLanes>.Store(a._first.AsUInt32(), b._first.AsUInt32(), c._first.AsUInt32(), d._first.AsUInt32(), (uint*)destination);
        PanelTranspose<TLanes>.Store(
            a._second.AsUInt32(), b._second.AsUInt32(), c._second.AsUInt32(), d._second.AsUInt32(), (uint*)destination + (4 * TLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEightTwice(ulong values, float factor, float* destination)
    {
        Vector128<short> widened = Vector128.WidenLower(Vector128.CreateScalarUnsafe(values).AsSByte());
        Vector128<float> factors = Vector128.Create(factor);
        FourScales.StoreTwice(Vector128.ConvertToSingle(Vector128.WidenLower(widened)) * factors, destination);
        FourScales.StoreTwice(Vector128.ConvertToSingle(Vector128.WidenUpper(widened)) * factors, destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSixteen(Vector128<sbyte> values, float factor, float* destination)
    {
        Vector128<short> lower = Vector128.WidenLower(values), upper = Vector128.WidenUpper(values);
        Vector128<float> factors = Vector128.Create(factor);
        (Vector128.ConvertToSingle(Vector128.WidenLower(lower)) * factors).Store(destination);
        (Vector128.ConvertToSingle(Vector128.WidenUpper(lower)) * factors).Store(destination + 4);
        (Vector128.ConvertToSingle(Vector128.WidenLower(upper)) * factors).Store(destination + 8);
        (Vector128.ConvertToSingle(Vector128.WidenUpper(upper)) * factors).Store(destination + 12);
    }
}
