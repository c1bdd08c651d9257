namespace Quipu.Packaging.Programs;

/// <summary>What the POSIX tool <c>cksum</c> prints: a CRC of the bytes and their number, most significant bit first.</summary>
internal static class PosixChecksum
{
    private const uint Polynomial = 0x04C11DB7;

    /// <summary>The checksum of a few thousand bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0;
        foreach (byte value in bytes)
            crc = Add(crc, value);
        for (int length = bytes.Length; length != 0; length >>= 8)
            crc = Add(crc, (byte)length);
        return ~crc;
    }

    private static uint Add(uint crc, byte value)
    {
        crc ^= (uint)value << 24;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x80000000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
        return crc;
    }
}
