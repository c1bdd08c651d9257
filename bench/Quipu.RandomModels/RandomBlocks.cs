using System.Buffers.Binary;
using Quipu.Tensors;

namespace Quipu.RandomModels;

/// <summary>
/// Encoded blocks of normally distributed elements. Matrices are made by drawing from them: encoding a billion elements by the search of
/// the K formats takes minutes, and a drawn block is as random as a fresh one.
/// </summary>
internal sealed class RandomBlocks
{
    private const int Elements = 1 << 19;

    private readonly byte[] _blocks;
    private readonly TensorFormat _format;
    private readonly uint _count;

    /// <summary>Encodes the blocks.</summary>
    /// <param name="type">Their format.</param>
    /// <param name="deviation">Standard deviation of the elements.</param>
    /// <param name="seed">What they are drawn with.</param>
    public RandomBlocks(TensorType type, float deviation, ulong seed)
    {
        _format = TensorFormats.Get(type);
        _count = (uint)(Elements / _format.BlockLength);
        _blocks = new byte[_count * _format.BlockBytes];
        Parallel.For(0, 64, part =>
        {
            int perPart = (int)_count / 64;
            var random = new SplitMix(seed ^ (((ulong)type << 32) + (ulong)part));
            Span<float> values = new float[_format.BlockLength];
            for (int block = part * perPart; block < (part + 1) * perPart; block++)
            {
                foreach (ref float value in values)
                    value = deviation * random.NextNormal();
                Encode(values, _blocks.AsSpan(block * _format.BlockBytes, _format.BlockBytes));
            }
        });
    }

    /// <summary>Fills rows with blocks drawn at random.</summary>
    /// <param name="destination">A whole number of blocks.</param>
    /// <param name="random">What to draw with.</param>
    public void Draw(Span<byte> destination, SplitMix random)
    {
        int bytes = _format.BlockBytes;
        for (; !destination.IsEmpty; destination = destination[bytes..])
        {
            int block = (int)(((random.Next() >> 32) * _count) >> 32);
            _blocks.AsSpan(block * bytes, bytes).CopyTo(destination);
        }
    }

    private void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        if (_format.CanEncode)
            _format.Encode(values, block);
        else
            EncodeNonlinear(values, block);
    }

    // IQ4_NL without llama.cpp's search: the extreme element takes the table's lowest entry, every other the nearest.
    private void EncodeNonlinear(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<byte> all = stackalloc byte[18];
        BinaryPrimitives.WriteHalfLittleEndian(all, (Half)1);
        for (int i = 0; i < 16; i++)
            all[2 + i] = (byte)i;
        Span<float> table = stackalloc float[32];
        _format.Decode(all, table);
        table = table[..16];
        float extreme = 0;
        foreach (float value in values)
            extreme = Math.Abs(value) > Math.Abs(extreme) ? value : extreme;
        float scale = extreme / table[0];
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)scale);
        for (int i = 0; i < 16; i++)
            block[2 + i] = (byte)(Nearest(values[i] / scale, table) | (Nearest(values[i + 16] / scale, table) << 4));
    }

    private static int Nearest(float value, ReadOnlySpan<float> table)
    {
        int best = 0;
        for (int i = 1; i < table.Length; i++)
            best = Math.Abs(table[i] - value) < Math.Abs(table[best] - value) ? i : best;
        return best;
    }
}
