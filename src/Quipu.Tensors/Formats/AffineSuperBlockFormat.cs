namespace Quipu.Tensors.Formats;

/// <summary>What Q4_K and Q5_K share: eight sub-blocks of 32 with 6-bit scales and minima, and how they are searched.</summary>
internal abstract class AffineSuperBlockFormat : SuperBlockFormat
{
    private const int MinimumOffset = 2, ScalesOffset = 4;

    private protected const int DataOffset = ScalesOffset + SixBitScales.Bytes, SubBlocks = 8, SubLength = 32;

    private protected abstract QuantSearch.Settings Search { get; }

    /// <summary>Quant <paramref name="index"/> of 256 of a block.</summary>
    private protected abstract int Quant(ReadOnlySpan<byte> block, int index);

    /// <summary>Stores the 256 quants of a block.</summary>
    private protected abstract void Pack(ReadOnlySpan<byte> quants, Span<byte> block);

    private protected sealed override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = ReadHalf(block, 0);
        float minimum = ReadHalf(block, MinimumOffset);
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            var (subScale, subMinimum) = SixBitScales.Get(block.Slice(ScalesOffset, SixBitScales.Bytes), sub);
            float d = scale * subScale, m = minimum * subMinimum;
            for (int i = sub * SubLength; i < (sub + 1) * SubLength; i++)
                values[i] = d * Quant(block, i) - m;
        }
    }

    private protected sealed override void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<float> scales = stackalloc float[SubBlocks], minima = stackalloc float[SubBlocks], weights = stackalloc float[SubLength];
        Span<byte> quants = stackalloc byte[Length];
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            var part = values.Slice(sub * SubLength, SubLength);
            Weigh(part, weights);
            (scales[sub], minima[sub]) = QuantSearch.ScaleAndMinimum(part, weights, Search, quants[(sub * SubLength)..]);
        }
        float maxScale = MaximumOrZero(scales), maxMinimum = MaximumOrZero(minima);
        float inverseScale = maxScale > 0 ? 63 / maxScale : 0, inverseMinimum = maxMinimum > 0 ? 63 / maxMinimum : 0;
        float scale = WriteHalf(block, 0, maxScale / 63);
        float minimum = WriteHalf(block, MinimumOffset, maxMinimum / 63);
        var packedScales = block.Slice(ScalesOffset, SixBitScales.Bytes);
        packedScales.Clear();
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            int subScale = Math.Clamp(QuantSearch.Nearest(inverseScale * scales[sub]), 0, 63);
            int subMinimum = Math.Clamp(QuantSearch.Nearest(inverseMinimum * minima[sub]), 0, 63);
            SixBitScales.Add(packedScales, sub, subScale, subMinimum);
            QuantSearch.Requantize(
                values.Slice(sub * SubLength, SubLength), scale * subScale, minimum * subMinimum, Search.MaximumQuant,
                quants[(sub * SubLength)..]);
        }
        Pack(quants, block);
    }

    /// <summary>An element weighs its magnitude plus the root mean square of the sub-block.</summary>
    private static void Weigh(ReadOnlySpan<float> values, Span<float> weights)
    {
        float squares = 0;
        foreach (float value in values)
            squares += value * value;
        float mean = MathF.Sqrt(squares / SubLength);
        for (int i = 0; i < SubLength; i++)
            weights[i] = mean + MathF.Abs(values[i]);
    }

    /// <summary>Packs the lower nibbles: byte i of a group of 32 holds elements i (low) and i + 32 (high) of 64.</summary>
    private protected static void PackNibbles(ReadOnlySpan<byte> quants, Span<byte> packed)
    {
        for (int start = 0; start < Length; start += 2 * SubLength)
        {
            for (int i = start; i < start + SubLength; i++)
                packed[start / 2 + i - start] = (byte)((quants[i] & 15) | ((quants[i + SubLength] & 15) << 4));
        }
    }

    /// <summary>Element <paramref name="index"/> of 256 that <see cref="PackNibbles"/> packed.</summary>
    private protected static int Nibble(ReadOnlySpan<byte> packed, int index) =>
        (packed[index / 64 * SubLength + index % SubLength] >> (index % 64 / SubLength * 4)) & 15;
}
