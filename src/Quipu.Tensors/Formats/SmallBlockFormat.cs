namespace Quipu.Tensors.Formats;

/// <summary>What the formats with blocks of 32 elements share.</summary>
internal abstract class SmallBlockFormat : BlockFormat
{
    private protected const int Length = 32;

    /// <summary>Elements i and i + 16 share a byte of 4-bit quants.</summary>
    private protected const int HalfLength = Length / 2;

    public sealed override int BlockLength => Length;

    private protected static (float Minimum, float Maximum) Range(ReadOnlySpan<float> values)
    {
        float minimum = float.MaxValue, maximum = float.MinValue;
        foreach (float value in values)
        {
            minimum = value < minimum ? value : minimum;
            maximum = value > maximum ? value : maximum;
        }
        return (minimum, maximum);
    }

    private protected static float InverseOrZero(float scale) => scale != 0 ? 1 / scale : 0;

    /// <summary>Rounds down to a quant; the caller has added a half.</summary>
    private protected static int Quant(float shifted, int maximum) => Math.Clamp((int)shifted, 0, maximum);

    /// <summary>Whether bit <paramref name="index"/> of a mask of fifth bits is set, as 16 or 0.</summary>
    private protected static int FifthBit(uint mask, int index) => (int)((mask >> index) & 1) << 4;
}
