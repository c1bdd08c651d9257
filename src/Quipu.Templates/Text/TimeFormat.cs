using Quipu.Templates.Runtime;

namespace Quipu.Templates.Text;

/// <summary>Dates and times as C's <c>strftime</c> writes them in the C locale, with GNU's flags, and <c>%f</c> for microseconds.</summary>
internal static class TimeFormat
{
    private static readonly DateTimeFormatInfo Names = CultureInfo.InvariantCulture.DateTimeFormat;

    /// <summary>What each letter after a percent sign writes.</summary>
    private static readonly Dictionary<char, Func<DateTime, string>> Conversions = new()
    {
        ['a'] = t => Names.GetAbbreviatedDayName(t.DayOfWeek),
        ['A'] = t => Names.GetDayName(t.DayOfWeek),
        ['b'] = t => Names.GetAbbreviatedMonthName(t.Month),
        ['h'] = t => Names.GetAbbreviatedMonthName(t.Month),
        ['B'] = t => Names.GetMonthName(t.Month),
        ['c'] = t => t.ToString("ddd MMM ", Names) + Digits(t.Day, 2, ' ') + t.ToString(" HH:mm:ss yyyy", Names),
        ['C'] = t => Digits(t.Year / 100, 2),
        ['d'] = t => Digits(t.Day, 2),
        ['D'] = t => t.ToString("MM/dd/yy", Names),
        ['e'] = t => Digits(t.Day, 2, ' '),
        ['f'] = t => Digits((int)(t.Ticks % TimeSpan.TicksPerSecond / 10), 6),
        ['F'] = t => t.ToString("yyyy-MM-dd", Names),
        ['g'] = t => Digits(ISOWeek.GetYear(t) % 100, 2),
        ['G'] = t => Digits(ISOWeek.GetYear(t), 1),
        ['H'] = t => Digits(t.Hour, 2),
        ['I'] = t => Digits((t.Hour + 11) % 12 + 1, 2),
        ['j'] = t => Digits(t.DayOfYear, 3),
        ['k'] = t => Digits(t.Hour, 2, ' '),
        ['l'] = t => Digits((t.Hour + 11) % 12 + 1, 2, ' '),
        ['m'] = t => Digits(t.Month, 2),
        ['M'] = t => Digits(t.Minute, 2),
        ['n'] = _ => "\n",
        ['p'] = t => t.Hour < 12 ? "AM" : "PM",
        ['P'] = t => t.Hour < 12 ? "am" : "pm",
        ['r'] = t => t.ToString("hh:mm:ss tt", Names),
        ['R'] = t => t.ToString("HH:mm", Names),
        ['s'] = t => ((DateTimeOffset)t).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        ['S'] = t => Digits(t.Second, 2),
        ['t'] = _ => "\t",
        ['T'] = t => t.ToString("HH:mm:ss", Names),
        ['u'] = t => Digits(t.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)t.DayOfWeek, 1),
        ['U'] = t => Digits((t.DayOfYear + 6 - (int)t.DayOfWeek) / 7, 2),
        ['V'] = t => Digits(ISOWeek.GetWeekOfYear(t), 2),
        ['w'] = t => Digits((int)t.DayOfWeek, 1),
        ['W'] = t => Digits((t.DayOfYear + 6 - ((int)t.DayOfWeek + 6) % 7) / 7, 2),
        ['x'] = t => t.ToString("MM/dd/yy", Names),
        ['X'] = t => t.ToString("HH:mm:ss", Names),
        ['y'] = t => Digits(t.Year % 100, 2),
        ['Y'] = t => Digits(t.Year, 1),
        ['z'] = _ => "",
        ['Z'] = _ => "",
        ['%'] = _ => "%",
    };

    /// <summary>Fills a format with a time. Conversions that do not exist stay as they are.</summary>
    public static string Format(string format, DateTime time, Budget budget)
    {
        var text = new TextBuilder(budget);
        for (int at = 0; at < format.Length; at++)
        {
            int letter = at + 1;
            if (format[at] == '%' && letter < format.Length && format[letter] is '-' or '_' or '0' or '^' or '#')
                letter++;
            if (format[at] != '%' || letter >= format.Length || !Conversions.TryGetValue(format[letter], out var convert))
            {
                text.Append(format[at]);
                continue;
            }
            text.Append(letter == at + 1 ? convert(time) : WithFlag(convert(time), format[at + 1]));
            at = letter;
        }
        return text.ToString();
    }

    private static string WithFlag(string text, char flag)
    {
        int digits = text.AsSpan().IndexOfAnyExcept('0', ' ');
        bool isNumber = text.Length > 0 && char.IsAsciiDigit(text[^1]) && text.All(c => c == ' ' || char.IsAsciiDigit(c));
        int filled = digits < 0 ? text.Length - 1 : digits;
        return flag switch
        {
            '-' when isNumber => text[filled..],
            '_' when isNumber => new string(' ', filled) + text[filled..],
            '0' when isNumber => new string('0', filled) + text[filled..],
            '^' => text.ToUpperInvariant(),
            '#' => text is "AM" or "PM" ? text.ToLowerInvariant() : text.ToUpperInvariant(),
            _ => text,
        };
    }

    private static string Digits(int number, int width, char fill = '0') =>
        number.ToString(CultureInfo.InvariantCulture).PadLeft(width, fill);
}
