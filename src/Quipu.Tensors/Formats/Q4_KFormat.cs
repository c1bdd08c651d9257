namespace Quipu.Tensors.Formats;

/// <summary>
/// Q4_K, super-blocks of 256 in 144 bytes: F16 scale d of the scales; F16 scale e of the minima; 12 bytes of eight 6-bit scales s
/// and minima m (<see cref="SixBitScales"/>), one for each sub-block of 32; 128 bytes of 4-bit quants, each 32 bytes two
/// sub-blocks: the low nibbles the first, the high ones the second. w = d·s·q − e·m.
/// </summary>
internal sealed class Q4_KFormat : AffineSuperBlockFormat
{
    public override TensorType Type => TensorType.Q4_K;
    public override int BlockBytes => 144;

    private protected override QuantSearch.Settings Search => new(MaximumQuant: 15, FirstStep: -1, Steps: 20, AbsoluteError: false);

    private protected override int Quant(ReadOnlySpan<byte> block, int index) => Nibble(block[DataOffset..], index);

    private protected override void Pack(ReadOnlySpan<byte> quants, Span<byte> block) => PackNibbles(quants, block[DataOffset..]);
}
