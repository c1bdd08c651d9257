namespace Quipu.Tensors.Formats;

/// <summary>
/// Q5_K, super-blocks of 256 in 176 bytes: F16 scale d of the scales; F16 scale e of the minima; 12 bytes of eight 6-bit scales s
/// and minima m (<see cref="SixBitScales"/>), one for each sub-block of 32; 32 bytes with the fifth bits, bit k of byte i that
/// of element 32·k + i; 128 bytes with the lower four bits as in Q4_K. w = d·s·q − e·m.
/// </summary>
internal sealed class Q5_KFormat : AffineSuperBlockFormat
{
    private const int HighOffset = DataOffset, NibblesOffset = HighOffset + SubLength;

    public override TensorType Type => TensorType.Q5_K;
    public override int BlockBytes => 176;

    private protected override QuantSearch.Settings Search => new(MaximumQuant: 31, FirstStep: -0.5f, Steps: 15, AbsoluteError: false);

    private protected override int Quant(ReadOnlySpan<byte> block, int index)
    {
        int high = (block[HighOffset + index % SubLength] >> (index / SubLength)) & 1;
        return Nibble(block[NibblesOffset..], index) | (high << 4);
    }

    private protected override void Pack(ReadOnlySpan<byte> quants, Span<byte> block)
    {
        var high = block.Slice(HighOffset, SubLength);
        high.Clear();
        for (int i = 0; i < Length; i++)
            high[i % SubLength] |= (byte)(quants[i] >> 4 << (i / SubLength));
        PackNibbles(quants, block[NibblesOffset..]);
    }
}
