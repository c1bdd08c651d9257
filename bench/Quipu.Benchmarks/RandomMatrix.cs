using System.Runtime.InteropServices;
using Quipu.Tensors;

namespace Quipu.Benchmarks;

/// <summary>A weight matrix of random bytes with scales that are finite and small, in memory of its own.</summary>
internal sealed unsafe class RandomMatrix : IDisposable
{
    private readonly void* _data;

    /// <summary>Makes a matrix.</summary>
    public RandomMatrix(TensorType type, int rows, int columns)
    {
        var format = TensorFormats.Get(type);
        int rowBytes = (int)format.RowBytes(columns);
        _data = NativeMemory.AlignedAlloc((nuint)rowBytes * (nuint)rows, 64);
        View = new TensorView("weight", type, rows, columns, (nint)_data);
        var random = new Random(1);
        byte[] row = new byte[rowBytes];
        float[] values = new float[columns];
        for (int i = 0; i < rows; i++)
        {
            if (i % 64 == 0) // what the numbers are makes no difference; encoding each row would take minutes
                Fill(format, random, values, row);
            row.CopyTo(new Span<byte>((byte*)_data + ((long)i * rowBytes), rowBytes));
        }
    }

    /// <summary>The matrix.</summary>
    public TensorView View { get; }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_data);

    private static void Fill(TensorFormat format, Random random, float[] values, byte[] row)
    {
        if (format.CanEncode)
        {
            foreach (ref float value in values.AsSpan())
                value = random.NextSingle() - 0.5f;
            format.Encode(values, row);
            return;
        }
        random.NextBytes(row);
        for (int block = 0; block < row.Length; block += format.BlockBytes)
            BitConverter.TryWriteBytes(row.AsSpan(block), (Half)0.01f);
    }
}
