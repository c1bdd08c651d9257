using Quipu.Templates.Runtime;
using Quipu.Templates.Values;

namespace Quipu.Templates.Text;

/// <summary>Python's <c>%</c> operator on strings.</summary>
internal sealed class PercentFormat
{
    private readonly string _format;
    private readonly TemplateValue _arguments;
    private readonly TemplateValue[] _list;
    private readonly TextBuilder _text;
    private readonly Budget _budget;
    private int _at;
    private int _next;
    private bool _usedKey;

    private PercentFormat(string format, TemplateValue arguments, Budget budget)
    {
        _format = format;
        _arguments = arguments;
        _list = arguments is TupleValue tuple ? tuple.Items : [arguments];
        _budget = budget;
        _text = new TextBuilder(budget);
    }

    /// <summary>Fills a format with the items of a tuple, the values of a dict, or the one value given.</summary>
    public static string Format(string format, TemplateValue arguments, Budget budget) =>
        new PercentFormat(format, arguments, budget).Run();

    private string Run()
    {
        while (_at < _format.Length)
        {
            int percent = _format.IndexOf('%', _at);
            int end = percent < 0 ? _format.Length : percent;
            _text.Append(_format.AsSpan(_at, end - _at));
            _at = end + 1;
            if (percent >= 0)
                Take();
        }
        // What has keys or indices may be given without being used.
        if (!_usedKey && _next < _list.Length && _arguments is not (DictValue or ListValue or RangeValue or UndefinedValue))
            throw new TemplateException("not all arguments converted during string formatting");
        return _text.ToString();
    }

    private char Peek() => _at < _format.Length ? _format[_at] : throw new TemplateException("incomplete format");

    private void Take()
    {
        if (Peek() == '%')
        {
            _text.Append('%');
            _at++;
            return;
        }
        TemplateValue? named = Peek() == '(' ? TakeKey() : null;
        var spec = new FormatSpec { Align = '>' };
        for (bool more = true; more;)
        {
            char flag = Peek();
            more = flag is '-' or '+' or ' ' or '#' or '0';
            if (!more)
                break;
            _at++;
            spec = flag switch
            {
                '-' => spec with { Align = '<' },
                '0' => spec with { Fill = new Rune('0') },
                '#' => spec with { Alternate = true },
                _ => spec with { Sign = spec.Sign == '+' ? '+' : flag },
            };
        }
        spec = WithWidth(spec, TakeSize());
        if (Peek() == '.')
        {
            _at++;
            spec = spec with { Precision = Math.Max(TakeSize() ?? 0, 0) };
        }
        while (Peek() is 'h' or 'l' or 'L')
            _at++;
        char type = _format[_at++];
        _text.Append(Convert(named ?? NextArgument(), spec with { Type = type }));
    }

    private static FormatSpec WithWidth(FormatSpec spec, int? width) =>
        width < 0 ? spec with { Align = '<', Width = -Math.Max(width.Value, -int.MaxValue) } : spec with { Width = width ?? 0 };

    private TemplateValue TakeKey()
    {
        if (_arguments is not DictValue dict)
            throw new TemplateException("format requires a mapping");
        int start = ++_at;
        for (int depth = 1; depth > 0; _at++)
            depth += Peek() switch { '(' => 1, ')' => -1, _ => 0 };
        var key = new StringValue(_format[start..(_at - 1)]);
        _usedKey = true;
        return dict.Find(key) ?? throw new TemplateException($"the mapping has no key {PythonText.Quote(key.Text)}");
    }

    /// <summary>A width or precision: digits, or <c>*</c> for the next argument.</summary>
    private int? TakeSize()
    {
        if (Peek() == '*')
        {
            _at++;
            return NextArgument().AsInt32("* wants int") ?? throw new TemplateException("* wants int");
        }
        int start = _at;
        while (char.IsAsciiDigit(Peek()))
            _at++;
        if (_at == start)
            return null;
        return int.TryParse(_format.AsSpan(start, _at - start), CultureInfo.InvariantCulture, out int size)
            ? size
            : throw new TemplateException("width too big");
    }

    private TemplateValue NextArgument() => _next < _list.Length && !_usedKey
        ? _list[_next++]
        : throw new TemplateException("not enough arguments for format string");

    private string Convert(TemplateValue value, FormatSpec spec)
    {
        switch (spec.Type)
        {
            case 's':
                return Text(Printer.Text(value, _budget), spec);
            case 'r':
                return Text(Printer.Repr(value, _budget), spec);
            case 'a':
                return Text(Printer.Ascii(value, _budget), spec);
            case 'c':
                string character = value is StringValue { Count: 1 } text ? text.Text : NumberFormat.Character(Integer(value, spec.Type));
                return Text(character, spec with { Precision = -1 });
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                return Digits(Integer(value, spec.Type), spec);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                return NumberFormat.FormatFloat(Float(value), ZeroFilled(spec), _budget);
            default:
                throw new TemplateException($"unsupported format character '{spec.Type}'");
        }
    }

    private string Text(string text, FormatSpec spec) =>
        NumberFormat.FormatText(text, spec with { Type = 's', Sign = '-', Fill = new Rune(' ') }, _budget);

    private string Digits(BigInteger value, FormatSpec spec)
    {
        int places = spec.Precision;
        spec = ZeroFilled(spec with { Precision = -1, Type = spec.Type is 'i' or 'u' ? 'd' : spec.Type });
        if (places <= 0)
            return NumberFormat.FormatInteger(value, spec, _budget);
        _budget.Text(places);
        var plain = new FormatSpec { Type = spec.Type };
        string digits = NumberFormat.FormatInteger(BigInteger.Abs(value), plain, _budget).PadLeft(places, '0');
        string sign = value.Sign < 0 ? "-" : spec.Sign == '-' ? "" : spec.Sign.ToString();
        string radix = spec.Alternate && spec.Type != 'd' ? spec.Type == 'o' ? "0o" : "0" + spec.Type : "";
        return spec.Pad(sign + radix, digits, '>', _budget);
    }

    /// <summary>Zeros go between sign and digits, and not on the right.</summary>
    private static FormatSpec ZeroFilled(FormatSpec spec)
    {
        if (spec.Fill.Value != '0')
            return spec;
        return spec.Align == '<' ? spec with { Fill = new Rune(' ') } : spec with { Align = '=' };
    }

    private static BigInteger Integer(TemplateValue value, char type) => value switch
    {
        IntValue or BoolValue => value.AsInteger()!.Value,
        FloatValue number when type is 'd' or 'i' or 'u' => FloatValue.Truncate(number.Value),
        UndefinedValue undefined => throw undefined.Error(),
        _ => throw new TemplateException($"%{type} format: an integer is required, not {value.TypeName}"),
    };

    private static double Float(TemplateValue value) => value switch
    {
        FloatValue number => number.Value,
        IntValue or BoolValue => Numbers.ToDouble(value.AsInteger()!.Value),
        UndefinedValue undefined => throw undefined.Error(),
        _ => throw new TemplateException($"must be real number, not {value.TypeName}"),
    };
}
