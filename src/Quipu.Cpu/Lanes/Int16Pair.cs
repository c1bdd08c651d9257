namespace Quipu.Cpu.Lanes;

/// <summary>Two int16 in an int, as instructions that multiply and add neighbours take them.</summary>
internal static class Int16Pair
{
    /// <summary>The pair of two numbers.</summary>
    public static int Of(int lower, int upper) => (lower & 0xffff) | (upper << 16);

    /// <summary>The first number.</summary>
    public static int Lower(int pair) => (short)pair;

    /// <summary>The second number.</summary>
    public static int Upper(int pair) => pair >> 16;
}
