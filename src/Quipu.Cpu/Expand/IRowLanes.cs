using System.Runtime.Intrinsics;

namespace Quipu.Cpu.Expand;

/// <summary>
/// A register with 32 bits of each of several weight rows: bytes, an integer or an F32, as the method says. Rows of blocks are interleaved while
/// they are still packed, which moves half as much, or a quarter, as it would afterwards.
/// </summary>
internal unsafe interface IRowLanes<TSelf> where TSelf : struct, IRowLanes<TSelf>
{
    /// <summary>Rows.</summary>
    static abstract int Count { get; }

    /// <summary>The same byte everywhere.</summary>
    static abstract TSelf Broadcast(byte value);

    /// <summary>The 16 bytes at an offset of each row's block: four bytes in each register.</summary>
    static abstract void LoadColumns(RowPointers rows, long offset, out TSelf c0, out TSelf c1, out TSelf c2, out TSelf c3);

    /// <summary>The 32 bits at an offset of each row's block, straight from memory: by way of an integer register each would cost twice as much.</summary>
    static abstract TSelf LoadWords(RowPointers rows, long offset);

    /// <summary>Looks up bytes of 0 … 15 in a table.</summary>
    static abstract TSelf Lookup(Vector128<sbyte> table, TSelf indices);

    /// <summary>16 in each of a lane's bytes 0 … 3 whose bit, 4 · <paramref name="chunk"/> + 0 … 3 of the lane's 32, is set; else 0.</summary>
    static abstract TSelf FifthBits(TSelf masks, int chunk);

    /// <summary>Shifts 32-bit integers: bits cross from byte to byte.</summary>
    static abstract TSelf ShiftLeft(TSelf value, int count);

    /// <summary>Shifts 32-bit integers, zeros in.</summary>
    static abstract TSelf ShiftRight(TSelf value, int count);

    /// <summary>Shifts 32-bit integers, the sign in.</summary>
    static abstract TSelf ShiftRightSigned(TSelf value, int count);

    static abstract TSelf operator &(TSelf a, TSelf b);

    static abstract TSelf operator |(TSelf a, TSelf b);

    /// <summary>Subtracts from 32-bit integers.</summary>
    static abstract TSelf Subtract(TSelf value, int amount);

    /// <summary>Subtracts from each byte.</summary>
    static abstract TSelf SubtractBytes(TSelf value, byte amount);

    /// <summary>Two of a lane's int8 as int16.</summary>
    static abstract TSelf Pair(TSelf bytes, int first, int second);

    /// <summary>32-bit integers to F32.</summary>
    static abstract TSelf ToSingle(TSelf value);

    /// <summary>The F16 in the lower half of each lane to F32, exactly.</summary>
    static abstract TSelf HalfToSingle(TSelf value);

    /// <summary>Product of F32.</summary>
    static abstract TSelf Multiply(TSelf a, TSelf b);

    /// <summary>Product of F32 with a constant.</summary>
    static abstract TSelf Multiply(TSelf a, float b);

    /// <summary>Stores all lanes.</summary>
    static abstract void Store(TSelf value, void* destination);
}
