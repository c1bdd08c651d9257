using System.Globalization;
using System.Text;

namespace Quipu.Tokenizers;

/// <summary>Text of a file in messages: short, on one line, and harmless to a terminal, whatever the file holds.</summary>
internal static class PieceText
{
    private const int Longest = 80;

    /// <summary>Quotes text for a message.</summary>
    /// <param name="utf8">UTF-8, or what a damaged file has in its place.</param>
    public static string Quote(ReadOnlySpan<byte> utf8) => Quote(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, Longest * 4)]));

    /// <summary>Quotes text for a message: its first 80 characters, control characters as escapes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (char letter in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            if (char.IsControl(letter))
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else
                quoted.Append(letter);
        }
        return quoted.Append(text.Length > Longest ? "…'" : "'").ToString();
    }
}
