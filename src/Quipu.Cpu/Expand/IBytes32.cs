using System.Runtime.Intrinsics;

namespace Quipu.Cpu.Expand;

/// <summary>
/// 32 bytes that an expander works on at once, in whatever registers the instruction set has, and the storing of scales that go
/// with them.
/// </summary>
internal unsafe interface IBytes32<TSelf> where TSelf : struct, IBytes32<TSelf>
{
    /// <summary>The same byte 32 times.</summary>
    static abstract TSelf Broadcast(byte value);

    /// <summary>Loads 32 bytes.</summary>
    static abstract TSelf Load(byte* source);

    /// <summary>Loads 16 bytes: first their low nibbles, then their high ones.</summary>
    static abstract TSelf LoadNibbles(byte* source);

    /// <summary>
    /// <paramref name="value"/> where the bit of the 32 at <paramref name="bits"/> is set, otherwise 0; the lowest bit is the
    /// first byte's.
    /// </summary>
    static abstract TSelf FromBits(uint* bits, byte value);

    /// <summary>Looks up bytes of 0 … 15 in a table.</summary>
    static abstract TSelf Lookup(Vector128<sbyte> table, TSelf indices);

    /// <summary>Shifts 16-bit units: bits cross from one byte of a pair to the other and must be masked away.</summary>
    static abstract TSelf ShiftLeft(TSelf value, int count);

    /// <summary>Shifts 16-bit units: bits cross from one byte of a pair to the other and must be masked away.</summary>
    static abstract TSelf ShiftRight(TSelf value, int count);

    static abstract TSelf operator &(TSelf a, TSelf b);

    static abstract TSelf operator |(TSelf a, TSelf b);

    /// <summary>Stores 32 bytes.</summary>
    static abstract void Store(TSelf value, byte* destination);

    /// <summary>Stores 32 bytes of each of four rows into neighbouring lanes of a panel, four bytes a lane.</summary>
    static abstract void StoreTransposed<TLanes>(TSelf a, TSelf b, TSelf c, TSelf d, byte* destination) where TLanes : struct, ILanes;

    /// <summary>Stores 16 floats: each signed byte of eight, the lowest first, times the factor, twice.</summary>
    static abstract void StoreEightTwice(ulong values, float factor, float* destination);

    /// <summary>Stores 16 floats: each of 16 signed bytes times the factor.</summary>
    static abstract void StoreSixteen(Vector128<sbyte> values, float factor, float* destination);
}
