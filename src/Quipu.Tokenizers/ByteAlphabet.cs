using System.Text;

namespace Quipu.Tokenizers;

/// <summary>
/// The letters in which byte-level BPE writes bytes: printable ones of Latin-1 stand for themselves, the other 68 bytes for the code
/// points from U+0100 on. So a blank is written U+0120.
/// </summary>
internal static class ByteAlphabet
{
    private const int FirstStandIn = 0x100;
    private const int StandIns = 68;

    /// <summary>Code point of each byte.</summary>
    private static readonly ushort[] Letters = MakeLetters();

    /// <summary>Byte of each code point below U+0144, or −1.</summary>
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>Most bytes that one byte takes when it is written in the alphabet.</summary>
    public const int MaximumLength = 2;

    /// <summary>Writes bytes in the alphabet, as UTF-8.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="destination">At least <see cref="MaximumLength"/> times as long.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int length = 0;
        foreach (byte value in source)
        {
            int letter = Letters[value];
            if (letter < 0x80)
            {
                destination[length++] = (byte)letter;
            }
            else
            {
                destination[length++] = (byte)(0xC0 | (letter >> 6));
                destination[length++] = (byte)(0x80 | (letter & 0x3F));
            }
        }
        return length;
    }

    /// <summary>Reads a piece that is written in the alphabet; what is no letter of it stands for itself.</summary>
    public static byte[] Read(ReadOnlySpan<byte> piece)
    {
        byte[] bytes = new byte[piece.Length];
        int length = 0;
        while (!piece.IsEmpty)
        {
            Rune.DecodeFromUtf8(piece, out Rune letter, out int consumed);
            if (letter.Value < Bytes.Length && Bytes[letter.Value] >= 0)
            {
                bytes[length++] = (byte)Bytes[letter.Value];
            }
            else
            {
                piece[..consumed].CopyTo(bytes.AsSpan(length));
                length += consumed;
            }
            piece = piece[consumed..];
        }
        return bytes.AsSpan(0, length).ToArray();
    }

    private static bool StandsForItself(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    private static ushort[] MakeLetters()
    {
        ushort[] letters = new ushort[256];
        ushort standIn = FirstStandIn;
        for (int value = 0; value < letters.Length; value++)
            letters[value] = StandsForItself(value) ? (ushort)value : standIn++;
        return letters;
    }

    private static short[] MakeBytes()
    {
        short[] bytes = new short[FirstStandIn + StandIns];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < Letters.Length; value++)
            bytes[Letters[value]] = (short)value;
        return bytes;
    }
}
