using CsCheck;

namespace Quipu.Tensors.Tests;

public sealed class HalfConversionTests
{
    [Fact]
    public void Every_half_has_the_value_of_the_runtimes_own_type()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits), actual = HalfConversions.ToSingle((ushort)bits);
            bool equal = float.IsNaN(expected)
                ? float.IsNaN(actual) && float.IsNegative(actual) == float.IsNegative(expected)
                : BitConverter.SingleToInt32Bits(actual) == BitConverter.SingleToInt32Bits(expected);
            if (!equal)
                Assert.Fail($"0x{bits:X4} is {expected:R}, not {actual:R}.");
        }
    }

    [Fact]
    public void Every_half_that_is_no_NaN_comes_back()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float value = HalfConversions.ToSingle((ushort)bits);
            if (!float.IsNaN(value))
                Assert.Equal((ushort)bits, HalfConversions.ToHalf(value));
            else
                Assert.True(float.IsNaN(HalfConversions.ToSingle(HalfConversions.ToHalf(value))));
        }
    }

    [Fact]
    public void Between_two_halves_the_nearer_one_is_taken_and_in_the_middle_the_even_one()
    {
        for (ushort bits = 0; bits < 0x7BFF; bits++)
        {
            float middle = (HalfConversions.ToSingle(bits) + HalfConversions.ToSingle((ushort)(bits + 1))) / 2;
            Assert.Equal(bits, HalfConversions.ToHalf(MathF.BitDecrement(middle)));
            Assert.Equal((bits + 1) & ~1, HalfConversions.ToHalf(middle));
            Assert.Equal(bits + 1, HalfConversions.ToHalf(MathF.BitIncrement(middle)));
        }
        Assert.Equal(0x7BFF, HalfConversions.ToHalf(65519.99f));
        Assert.Equal(0x7C00, HalfConversions.ToHalf(65520));
        Assert.Equal(0xFC00, HalfConversions.ToHalf(float.NegativeInfinity));
    }

    [Fact]
    public void Brain_floats_round_to_nearest_even() => Gen.UShort.Where(bits => (bits & 0x7F80) != 0x7F80).Sample(bits =>
    {
        uint exact = (uint)bits << 16;
        Assert.Equal(bits, HalfConversions.ToBrain(HalfConversions.BrainToSingle(bits)));
        Assert.Equal(bits, HalfConversions.ToBrain(BitConverter.UInt32BitsToSingle(exact + 0x7FFF)));
        Assert.Equal((ushort)((bits + 1) & ~1), HalfConversions.ToBrain(BitConverter.UInt32BitsToSingle(exact + 0x8000)));
        Assert.Equal((ushort)(bits + 1), HalfConversions.ToBrain(BitConverter.UInt32BitsToSingle(exact + 0x8001)));
    });

    [Theory]
    [InlineData(0x7F800001u, 0x7FC0)]
    [InlineData(0xFF800001u, 0xFFC0)]
    [InlineData(0x7FFFFFFFu, 0x7FFF)]
    [InlineData(0x7F800000u, 0x7F80)]
    [InlineData(0xFF800000u, 0xFF80)]
    public void A_NaN_becomes_a_quiet_brain_float_and_infinity_stays(uint single, int expected) =>
        Assert.Equal(expected, HalfConversions.ToBrain(BitConverter.UInt32BitsToSingle(single)));
}
