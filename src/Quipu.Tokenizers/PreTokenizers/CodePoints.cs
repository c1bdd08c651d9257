using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Quipu.Tokenizers.PreTokenizers;

/// <summary>What the splitters tell apart. Every code point has exactly one class.</summary>
[Flags]
internal enum CharClass : byte
{
    /// <summary>The end of the text.</summary>
    End = 0,

    /// <summary>General category L.</summary>
    Letter = 1,

    /// <summary>General category N.</summary>
    Number = 2,

    /// <summary>White space.</summary>
    Space = 4,

    /// <summary>General category P.</summary>
    Punctuation = 8,

    /// <summary>Everything else, bytes that are no UTF-8 among it.</summary>
    Other = 16,

    /// <summary>Neither letter nor number nor white space.</summary>
    Symbol = Punctuation | Other,
}

/// <summary>
/// Classes of code points in UTF-8 text. Working on code points, not on UTF-16 as regular expressions do, gives letters and digits
/// beyond the basic plane their class.
/// </summary>
internal static class CodePoints
{
    private static readonly CharClass[] Ascii = MakeAscii();

    /// <summary>The class of the code point at a position.</summary>
    /// <param name="text">UTF-8; bytes that are none count as <see cref="CharClass.Other"/>.</param>
    /// <param name="position">The code point's first byte, or the text's end.</param>
    /// <param name="length">The code point's bytes; 0 at the end.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharClass ClassAt(ReadOnlySpan<byte> text, int position, out int length)
    {
        if ((uint)position >= (uint)text.Length)
        {
            length = 0;
            return CharClass.End;
        }
        byte first = text[position];
        if (first < 0x80)
        {
            length = 1;
            return Ascii[first];
        }
        Rune.DecodeFromUtf8(text[position..], out Rune rune, out length);
        return Classify(rune.Value);
    }

    /// <summary>The first position from <paramref name="position"/> on whose class is none of <paramref name="classes"/>.</summary>
    public static int SkipWhile(ReadOnlySpan<byte> text, int position, CharClass classes)
    {
        while ((ClassAt(text, position, out int length) & classes) != 0)
            position += length;
        return position;
    }

    /// <summary>
    /// The first position from <paramref name="position"/> on whose class is one of <paramref name="classes"/>, or the end.
    /// </summary>
    public static int SkipUntil(ReadOnlySpan<byte> text, int position, CharClass classes)
    {
        while (position < text.Length && (ClassAt(text, position, out int length) & classes) == 0)
            position += length;
        return position;
    }

    private static CharClass Classify(int codePoint)
    {
        if (codePoint <= char.MaxValue && char.IsWhiteSpace((char)codePoint))
            return CharClass.Space;
        return CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            <= UnicodeCategory.OtherLetter => CharClass.Letter,
            >= UnicodeCategory.DecimalDigitNumber and <= UnicodeCategory.OtherNumber => CharClass.Number,
            >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation => CharClass.Punctuation,
            _ => CharClass.Other,
        };
    }

    private static CharClass[] MakeAscii()
    {
        var classes = new CharClass[0x80];
        for (int i = 0; i < classes.Length; i++)
            classes[i] = Classify(i);
        return classes;
    }
}
