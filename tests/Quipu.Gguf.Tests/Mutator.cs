using System.Buffers.Binary;

namespace Quipu.Gguf.Tests;

/// <summary>Damages a file in one of the ways that files get damaged, or that somebody would who wants to do harm.</summary>
internal sealed class Mutator(Random random)
{
    private static readonly ulong[] Magnitudes =
    [
        0, 1, 2, 7, 8, 12, 13, 31, 255, 256, 65_535, 65_536, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 32, 1UL << 40,
        1UL << 61, 1UL << 62, long.MaxValue, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue,
    ];

    /// <summary>Returns a damaged copy. Damage falls mostly on the first <paramref name="header"/> bytes, where the claims are.</summary>
    public byte[] Mutate(byte[] original, int header)
    {
        byte[] bytes = (byte[])original.Clone();
        for (int i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--)
        {
            bytes = random.Next(7) switch
            {
                0 or 1 => Flip(bytes, header),
                2 => bytes[..random.Next(bytes.Length)],
                3 => [.. bytes, .. Noise(random.Next(1, 200))],
                4 => Splice(bytes, header),
                _ => Magnify(bytes, header),
            };
        }
        return bytes;
    }

    private byte[] Flip(byte[] bytes, int header)
    {
        for (int i = random.Next(1, 6); i > 0; i--)
            bytes[Place(bytes, header)] ^= (byte)(random.Next(2) == 0 ? 1 << random.Next(8) : random.Next(1, 256));
        return bytes;
    }

    /// <summary>Puts a large or odd number over 4 or 8 bytes, often where a small one lies: a count, a length, a type, an offset.</summary>
    private byte[] Magnify(byte[] bytes, int header)
    {
        if (bytes.Length < 32)
            return Flip(bytes, header);
        int place = random.Next(4) == 0 ? random.Next(1, 4) * 8 - 8 : FindSmallNumber(bytes, header);
        place = Math.Min(place, bytes.Length - 8);
        ulong number = Magnitudes[random.Next(Magnitudes.Length)];
        if (random.Next(3) == 0)
            number = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(place)) + (ulong)random.Next(-40, 40);
        if (random.Next(3) == 0)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(place), (uint)number);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(place), number);
        return bytes;
    }

    private int FindSmallNumber(byte[] bytes, int header)
    {
        int place = Place(bytes, header);
        for (int tries = 0; tries < 64 && place + 8 <= bytes.Length; tries++, place++)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(place)) is > 0 and < 4096)
                return place;
        }
        return place;
    }

    /// <summary>Copies a stretch to another place: over what is there, in between, or takes it out.</summary>
    private byte[] Splice(byte[] bytes, int header)
    {
        int from = Place(bytes, header);
        byte[] stretch = bytes[from..Math.Min(bytes.Length, from + random.Next(1, 300))];
        int to = Place(bytes, header);
        return random.Next(3) switch
        {
            0 => [.. bytes[..to], .. stretch, .. bytes[to..]],
            1 => [.. bytes[..from], .. bytes[(from + stretch.Length)..]],
            _ => [.. bytes[..to], .. stretch, .. bytes[Math.Min(bytes.Length, to + stretch.Length)..]],
        };
    }

    private int Place(byte[] bytes, int header) => random.Next(random.Next(8) == 0 ? bytes.Length : Math.Min(header, bytes.Length));

    private byte[] Noise(int length)
    {
        byte[] noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }
}
