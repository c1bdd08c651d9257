using System.Globalization;

namespace Quipu.Tokenizers;

/// <summary>The pieces that stand for one byte each: <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
internal static class BytePiece
{
    /// <summary>Reads a byte piece.</summary>
    public static bool TryParse(ReadOnlySpan<byte> piece, out byte value)
    {
        value = 0;
        return piece.Length == 6 && piece.StartsWith("<0x"u8) && piece[5] == '>'
            && byte.TryParse(piece.Slice(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>
    /// Ids of the pieces for all bytes: <c>&lt;0xNN&gt;</c>, else the byte itself as a piece, else <paramref name="otherwise"/>.
    /// </summary>
    public static int[] FindAll(PieceTable table, int otherwise)
    {
        int[] ids = new int[256];
        Span<byte> piece = stackalloc byte[6];
        for (int value = 0; value < ids.Length; value++)
        {
            "<0x"u8.CopyTo(piece);
            value.TryFormat(piece[3..], out _, "X2", CultureInfo.InvariantCulture);
            piece[5] = (byte)'>';
            int id = table.Find(piece);
            ids[value] = id >= 0 ? id : table.Find([(byte)value]) is >= 0 and int single ? single : otherwise;
        }
        return ids;
    }
}
