using System.Globalization;
using System.Text;

namespace Quipu.Cli.Flags;

/// <summary>Backslash escapes in texts given on the command line.</summary>
internal static class Escapes
{
    /// <summary>
    /// Reads \n, \r, \t, \', \", \\ and \xHH, where a row of \xHH are bytes of UTF-8. Any other backslash stays as it is.
    /// </summary>
    public static string Read(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }
            char? plain = Plain(text[i + 1]);
            byte[] bytes = ReadBytes(text, i);
            if (plain is { } letter)
            {
                result.Append(letter);
                i++;
            }
            else if (bytes.Length > 0)
            {
                result.Append(Encoding.UTF8.GetString(bytes));
                i += 4 * bytes.Length - 1;
            }
            else
            {
                result.Append('\\');
            }
        }
        return result.ToString();
    }

    private static char? Plain(char letter) => letter switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '\'' or '"' or '\\' => letter,
        _ => null,
    };

    private static byte[] ReadBytes(string text, int start)
    {
        List<byte> bytes = [];
        for (int i = start; i + 4 <= text.Length && text[i] == '\\' && text[i + 1] == 'x'; i += 4)
        {
            if (!byte.TryParse(text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                break;
            bytes.Add(value);
        }
        return [.. bytes];
    }
}
