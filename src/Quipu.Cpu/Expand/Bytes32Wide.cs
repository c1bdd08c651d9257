using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.Expand;

/// <summary>32 bytes in one register: AVX2 and AVX-512.</summary>
internal readonly unsafe struct Bytes32Wide(Vector256<byte> value) : IBytes32<Bytes32Wide>
{
    private readonly Vector256<byte> _value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Wide Broadcast(byte value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Wide Load(byte* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Wide LoadNibbles(byte* source)
    {
        Vector128<byte> packed = Vector128.Load(source);
        Vector128<byte> high = Vector128.ShiftRightLogical(packed.AsUInt16(), 4).AsByte();
        return new(Vector256.Create(packed, high) & Vector256.Create((byte)15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Wide FromBits(uint* bits, byte value)
    {
        // Each byte gets the byte of the mask that holds its bit, then keeps that bit alone.
        Vector256<byte> spread = Avx2.Shuffle(
            Avx2.BroadcastScalarToVector256(bits).AsByte(),
            Vector256.Create(0UL, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303).AsByte());
        Vector256<byte> bit = Vector256.Create(0x8040201008040201UL).AsByte();
        return new(Vector256.Equals(spread & bit, bit) & Vector256.Create(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Wide Lookup(Vector128<sbyte> table, Bytes32Wide indices) =>
        new(Avx2.Shuffle(Vector256.Create(table, table).AsByte(), indices._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Wide ShiftLeft(Bytes32Wide value, int count) => new(Vector256.ShiftLeft(value._value.AsUInt16(), count).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Wide ShiftRight(Bytes32Wide value, int count) =>
        new(Vector256.ShiftRightLogical(value._value.AsUInt16(), count).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Wide operator &(Bytes32Wide a, Bytes32Wide b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes32Wide operator |(Bytes32Wide a, Bytes32Wide b) => new(a._value | b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Bytes32Wide value, byte* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTransposed<TLanes>(Bytes32Wide a, Bytes32Wide b, Bytes32Wide c, Bytes32Wide d, byte* destination)
        where TLanes : struct, ILanes => PanelTranspose<TLanes>.Store(
            a._value.AsUInt32(), b._value.AsUInt32(), c._value.AsUInt32(), d._value.AsUInt32(), (uint*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEightTwice(ulong values, float factor, float* destination)
    {
        Vector256<int> widened = Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(values).AsSByte());
        Vector256<float> scaled = Avx.ConvertToVector256Single(widened) * Vector256.Create(factor);
        Avx2.PermuteVar8x32(scaled, Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3)).Store(destination);
        Avx2.PermuteVar8x32(scaled, Vector256.Create(4, 4, 5, 5, 6, 6, 7, 7)).Store(destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSixteen(Vector128<sbyte> values, float factor, float* destination)
    {
        Vector256<float> factors = Vector256.Create(factor);
        Vector128<sbyte> upper = Vector128.Shuffle(values.AsUInt64(), Vector128.Create(1UL, 1UL)).AsSByte();
        (Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(values)) * factors).Store(destination);
        (Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(upper)) * factors).Store(destination + 8);
    }
}
