namespace Quipu.Tokenizers;

/// <summary>
/// The clean-up that some vocabularies were made for: their text was words joined with blanks, so those before punctuation and
/// contractions go. Byte for byte what llama.cpp does, its oddities too.
/// </summary>
internal static class SpaceCleaner
{
    /// <summary>Cleans text in place.</summary>
    /// <param name="text">UTF-8.</param>
    /// <returns>Length of the cleaned text.</returns>
    public static int Clean(Span<byte> text)
    {
        text = text[..CleanPunctuation(text)];
        text = text[..CleanApostrophes(text)];
        return CleanContractions(text);
    }

    /// <summary>Removes the blank before <c>?</c>, <c>!</c>, <c>.</c> and <c>,</c>.</summary>
    private static int CleanPunctuation(Span<byte> text)
    {
        int length = 0;
        byte previous = 0;
        foreach (byte value in text)
        {
            if (previous == ' ' && value is (byte)'?' or (byte)'!' or (byte)'.' or (byte)',')
                length--;
            text[length++] = value;
            previous = value;
        }
        return length;
    }

    /// <summary>Removes the blanks on both sides of an apostrophe that stands alone.</summary>
    private static int CleanApostrophes(Span<byte> text)
    {
        int length = 0;
        byte previous = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte value = text[i];
            bool alone = value == '\'' && previous == ' ' && i + 1 < text.Length && text[i + 1] == ' ';
            if (alone)
            {
                length--;
                i++;
            }
            text[length++] = value;
            previous = alone ? (byte)0 : value;
        }
        return length;
    }

    /// <summary>Removes the blank before <c>'s</c>, <c>'m</c>, <c>'re</c> and <c>'ve</c>.</summary>
    private static int CleanContractions(Span<byte> text)
    {
        int length = 0;
        byte previous = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte value = text[i];
            if (previous == ' ' && IsContraction(text[i..]))
                length--;
            text[length++] = value;
            previous = value;
        }
        return length;
    }

    private static bool IsContraction(ReadOnlySpan<byte> text) =>
        text.StartsWith("'s"u8) || text.StartsWith("'m"u8) || text.StartsWith("'re"u8) || text.StartsWith("'ve"u8);
}
