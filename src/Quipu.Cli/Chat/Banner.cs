using System.Text;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Chat;

/// <summary>What the chat shows first: a quipu, the knotted cords of the Inca, and what runs.</summary>
internal static class Banner
{
    private const int LabelWidth = 10;
    private const string CordColor = "33";
    private const string KnotColor = "1;32";

    private static readonly string[] Drawing =
    [
        "━┯━━━┯━━━┯━━━┯━━━┯━━━┯━",
        " │   ●   │   │   ●   │ ",
        " ●   │   ●   │   │   ● ",
        " │   ●   │   ●   ●   │     q u i p u",
        " ●   ●   ╵   │   │   ● ",
        " ╵   │       ●   ╵   ╵ ",
        "     ╵       ╵         ",
    ];

    /// <summary>The drawing.</summary>
    /// <param name="ascii">Whether to use ASCII only.</param>
    /// <param name="color">Whether to use colours.</param>
    public static string Logo(bool ascii, bool color)
    {
        var text = new StringBuilder();
        foreach (string line in Drawing)
        {
            string parameters = "";
            foreach (char value in line.TrimEnd())
            {
                string wanted = !color || value == ' ' ? "" : value == '●' ? KnotColor : value < 128 ? "1" : CordColor;
                if (wanted != parameters)
                    text.Append(Ansi.End(parameters)).Append(Ansi.Start(wanted));
                parameters = wanted;
                text.Append(ascii ? ToAscii(value) : value);
            }
            text.Append(Ansi.End(parameters)).Append('\n');
        }
        return text.Append('\n').ToString();
    }

    /// <summary>What runs: a line for each label and value, the values in one column.</summary>
    public static string Information(IEnumerable<(string Label, string Value)> lines, bool color)
    {
        var text = new StringBuilder();
        foreach (var (label, value) in lines)
            text.Append(Ansi.Styled((label + ":").PadRight(LabelWidth), color ? "1" : "")).Append(value).Append('\n');
        return text.ToString();
    }

    private static char ToAscii(char value) => value switch
    {
        '━' => '-',
        '┯' => '+',
        '│' => '|',
        '●' => 'o',
        '╵' => '\'',
        _ => value,
    };
}
