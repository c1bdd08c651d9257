namespace Quipu.Tensors.Tests;

public sealed class TensorFormatTests
{
    public static TheoryData<TensorType> All => FormatPropertyTests.All;

    [Fact]
    public void Every_type_has_its_format()
    {
        foreach (var type in Enum.GetValues<TensorType>())
            Assert.Equal(type, TensorFormats.Get(type).Type);
        Assert.Equal(Enum.GetValues<TensorType>().Length, TensorFormats.All.Count);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(15)]
    [InlineData(31)]
    [InlineData(uint.MaxValue)]
    public void An_unknown_type_is_an_error_that_lists_what_is_supported(uint type)
    {
        Assert.False(TensorFormats.TryGet((TensorType)type, out var format));
        Assert.Null(format);
        string message = Assert.Throws<NotSupportedException>(() => TensorFormats.Get((TensorType)type)).Message;
        Assert.Contains($"{type}", message, StringComparison.Ordinal);
        foreach (var supported in TensorFormats.All)
            Assert.Contains($"{supported.Type}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TensorType.F32, 1, 4)]
    [InlineData(TensorType.F16, 1, 2)]
    [InlineData(TensorType.BF16, 1, 2)]
    [InlineData(TensorType.Q4_0, 32, 18)]
    [InlineData(TensorType.Q4_1, 32, 20)]
    [InlineData(TensorType.Q5_0, 32, 22)]
    [InlineData(TensorType.Q5_1, 32, 24)]
    [InlineData(TensorType.Q8_0, 32, 34)]
    [InlineData(TensorType.Q2_K, 256, 84)]
    [InlineData(TensorType.Q3_K, 256, 110)]
    [InlineData(TensorType.Q4_K, 256, 144)]
    [InlineData(TensorType.Q5_K, 256, 176)]
    [InlineData(TensorType.Q6_K, 256, 210)]
    [InlineData(TensorType.IQ4_NL, 32, 18)]
    [InlineData(TensorType.IQ4_XS, 256, 136)]
    public void Blocks_have_their_sizes(TensorType type, int length, int bytes)
    {
        var format = TensorFormats.Get(type);
        Assert.Equal((length, bytes), (format.BlockLength, format.BlockBytes));
        Assert.Equal(0, format.RowBytes(0));
        Assert.Equal((1L << 40) * bytes, format.RowBytes((1L << 40) * length));
    }

    [Theory, MemberData(nameof(All))]
    public void Lengths_that_do_not_agree_are_errors(TensorType type)
    {
        var format = TensorFormats.Get(type);
        byte[] bytes = new byte[2 * format.BlockBytes];
        float[] values = new float[2 * format.BlockLength];
        Assert.Throws<ArgumentException>(() => format.Decode(bytes.AsSpan(1), values));
        Assert.Throws<ArgumentException>(() => format.Decode(bytes.AsSpan(format.BlockBytes), values));
        Assert.Throws<ArgumentException>(() => format.Decode(bytes, values.AsSpan(format.BlockLength)));
        if (format.CanEncode)
        {
            Assert.Throws<ArgumentException>(() => format.Encode(values, bytes.AsSpan(1)));
            Assert.Throws<ArgumentException>(() => format.Encode(values.AsSpan(format.BlockLength), bytes));
        }
        if (format.BlockLength > 1)
        {
            Assert.Throws<ArgumentException>(() => format.Decode(bytes, values.AsSpan(1)));
            Assert.Throws<ArgumentException>(() => format.RowBytes(format.BlockLength + 1));
        }
        Assert.Throws<ArgumentException>(() => format.RowBytes(-format.BlockLength));
    }

    [Theory]
    [InlineData(TensorType.IQ4_NL)]
    [InlineData(TensorType.IQ4_XS)]
    public void The_IQ_types_are_not_encoded(TensorType type)
    {
        var format = TensorFormats.Get(type);
        Assert.False(format.CanEncode);
        byte[] block = new byte[format.BlockBytes];
        var error = Assert.Throws<NotSupportedException>(() => format.Encode(new float[format.BlockLength], block));
        Assert.Contains($"{type}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void A_view_gives_its_rows()
    {
        float[] data = [1, 2, 3, 4, 5, 6];
        fixed (float* first = data)
        {
            var view = new TensorView("weight", TensorType.F32, Rows: 2, Columns: 3, (nint)first);
            Assert.Equal(24, view.ByteLength);
            float[] row = new float[3];
            view.Format.Decode(view.Row(1), row);
            Assert.Equal([4, 5, 6], row);
            Assert.Throws<ArgumentOutOfRangeException>(() => view.Row(2));
            Assert.Throws<ArgumentOutOfRangeException>(() => view.Row(-1));
        }
    }
}
