using Quipu.Templates.Runtime;

namespace Quipu.Templates.Text;

/// <summary>Numbers and texts laid out as a <see cref="FormatSpec"/> says.</summary>
internal static class NumberFormat
{
    public static string FormatText(string text, FormatSpec spec, Budget budget)
    {
        if (spec.Type is not ('\0' or 's'))
            throw UnknownType(spec.Type, "str");
        if (spec.Sign != '-' || spec.Grouping != 0)
            throw new TemplateException("a sign or grouping is not allowed in a format specifier for strings");
        if (spec is { Align: '=', Fill.Value: '0' })
            spec = spec with { Align = '<' };
        if (spec.Align == '=')
            throw new TemplateException("'=' alignment not allowed in string format specifier");
        if (spec.Precision >= 0 && CodePoints.Count(text) is int count && count > spec.Precision)
            text = text[..CodePoints.Starts(text, count)[spec.Precision]];
        return spec.Pad("", text, '<', budget);
    }

    public static string FormatInteger(BigInteger value, FormatSpec spec, Budget budget)
    {
        if (spec.Type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%')
            return FormatFloat(Numbers.ToDouble(value), spec, budget);
        if (spec.Precision >= 0)
            throw new TemplateException("Precision not allowed in integer format specifier");
        if (spec.Type == 'c')
            return FormatText(Character(value), spec with { Type = 's' }, budget);
        BigInteger magnitude = BigInteger.Abs(value);
        (string prefix, string digits) = spec.Type switch
        {
            '\0' or 'd' or 'n' => ("", IntegerText.Format(magnitude)),
            'x' => ("0x", IntegerText.ToRadix(magnitude, 16)),
            'X' => ("0X", IntegerText.ToRadix(magnitude, 16).ToUpperInvariant()),
            'o' => ("0o", IntegerText.ToRadix(magnitude, 8)),
            'b' => ("0b", IntegerText.ToRadix(magnitude, 2)),
            _ => throw UnknownType(spec.Type, "int"),
        };
        if (spec.Grouping != 0 && (spec.Type == 'n' || (spec.Grouping == ',' && spec.Type is not ('\0' or 'd'))))
            throw new TemplateException($"Cannot specify '{spec.Grouping}' with '{spec.Type}'.");
        prefix = SignOf(value.Sign < 0, spec) + (spec.Alternate ? prefix : "");
        return Layout(prefix, digits, "", spec.Type is 'x' or 'X' or 'o' or 'b' ? 4 : 3, spec, budget);
    }

    public static string FormatFloat(double value, FormatSpec spec, Budget budget)
    {
        budget.Text(Math.Max(spec.Precision, 0) + 400L);
        if (spec.Grouping != 0 && spec.Type == 'n')
            throw new TemplateException($"Cannot specify '{spec.Grouping}' with 'n'.");
        string prefix = SignOf(double.IsNegative(value) && !double.IsNaN(value), spec);
        value = spec.Type == '%' ? value * 100 : value;
        if (!double.IsFinite(value))
        {
            string name = double.IsNaN(value) ? "nan" : "inf";
            name = char.IsAsciiLetterUpper(spec.Type) ? name.ToUpperInvariant() : name;
            return spec.Pad(prefix, spec.Type == '%' ? name + "%" : name, '>', budget);
        }
        string digits = FloatDigits(value, spec);
        if (spec.Alternate && !digits.Contains('.'))
            digits = digits.Insert(digits.AsSpan().IndexOfAny('e', 'E', '%') is >= 0 and int end ? end : digits.Length, ".");
        int whole = digits.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return whole < 0
            ? Layout(prefix, digits, "", 3, spec, budget)
            : Layout(prefix, digits[..whole], digits[whole..], 3, spec, budget);
    }

    /// <summary>The character of a code point, for the type <c>c</c>.</summary>
    public static string Character(BigInteger value)
    {
        if (value < 0 || value > 0x10ffff)
            throw new TemplateException("%c arg not in range(0x110000)");
        int code = (int)value;
        return code is >= 0xd800 and < 0xe000 ? ((char)code).ToString() : char.ConvertFromUtf32(code);
    }

    private static string FloatDigits(double value, FormatSpec spec)
    {
        int precision = spec.Precision < 0 ? 6 : spec.Precision;
        switch (spec.Type)
        {
            case 'f' or 'F':
                return FloatText.Fixed(value, precision);
            case 'e' or 'E':
                return FloatText.Scientific(value, precision, spec.Type);
            case 'g' or 'G' or 'n':
                return FloatText.General(value, Math.Max(precision, 1), spec.Type == 'G' ? 'E' : 'e', spec.Alternate);
            case '%':
                return FloatText.Fixed(value, precision) + "%";
            case '\0' when spec.Precision < 0:
                return FloatText.Repr(Math.Abs(value));
            case '\0':
                string text = FloatText.General(value, Math.Max(precision, 1), 'e', spec.Alternate, Math.Max(precision, 1) - 1);
                return text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0";
            default:
                throw UnknownType(spec.Type, "float");
        }
    }

    private static string SignOf(bool negative, FormatSpec spec) => negative ? "-" : spec.Sign is '+' or ' ' ? spec.Sign.ToString() : "";

    /// <summary>Groups the digits, with the zeros that fill, and pads.</summary>
    private static string Layout(string prefix, string digits, string rest, int group, FormatSpec spec, Budget budget)
    {
        if (spec.Grouping == 0)
            return spec.Pad(prefix, digits + rest, '>', budget);
        if (spec is { Align: '=', Fill.Value: '0' })
        {
            budget.Text(spec.Width);
            int room = spec.Width - prefix.Length - rest.Length;
            // A group of digits and its separator take group + 1 characters; the first group has no separator.
            int needed = room - room / (group + 1);
            needed += needed + (needed - 1) / group < room ? 1 : 0;
            digits = digits.PadLeft(Math.Max(needed, digits.Length), '0');
        }
        var grouped = new StringBuilder(digits.Length + digits.Length / group);
        for (int i = 0; i < digits.Length; i++)
        {
            if (i > 0 && (digits.Length - i) % group == 0)
                grouped.Append(spec.Grouping);
            grouped.Append(digits[i]);
        }
        return spec.Pad(prefix, grouped.Append(rest).ToString(), '>', budget);
    }

    private static TemplateException UnknownType(char type, string name) =>
        new($"Unknown format code '{type}' for object of type '{name}'");
}
