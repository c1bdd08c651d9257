using Quipu.Templates.Runtime;
using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>The filters on single values: numbers, defaults, JSON.</summary>
internal static class ValueFilters
{
    public static readonly Dictionary<string, NativeFunction> Table = new()
    {
        ["default"] = new(Default, "default_value", "boolean"),
        ["d"] = new(Default, "default_value", "boolean"),
        ["int"] = new(ToInteger, "default", "base"),
        ["float"] = new(ToFloat, "default"),
        ["abs"] = new(Abs),
        ["round"] = new(Round, "precision", "method"),
        ["filesizeformat"] = new(FormatSize, "binary"),
        ["attr"] = new(Attr, "name") { Required = 1 },
        ["tojson"] = new(ToJson, "ensure_ascii", "indent", "separators", "sort_keys"),
        ["pprint"] = new(call => new StringValue(PrettyPrinter.Print(call.Self, call.Budget))),
    };

    private static TemplateValue Default(NativeCall call) => call.Self is UndefinedValue || (call.Flag(1) && !call.Self.IsTrue)
        ? call[0] ?? StringValue.Empty
        : call.Self;

    private static TemplateValue ToInteger(NativeCall call)
    {
        TemplateValue other = call[0] ?? IntValue.Of(0);
        switch (call.Self)
        {
            case StringValue text:
                if (NumberReader.TryReadInteger(text.Text, call.Integer(1, 10), out BigInteger number))
                    return IntValue.Of(number);
                bool isFloat = NumberReader.TryReadFloat(text.Text, out double parsed) && double.IsFinite(parsed);
                return isFloat ? IntValue.Of(new BigInteger(parsed)) : other;
            case FloatValue real:
                return double.IsFinite(real.Value) ? IntValue.Of(new BigInteger(real.Value)) : other;
            case UndefinedValue undefined:
                throw undefined.Error();
            default:
                return call.Self.AsInteger() is { } integer ? IntValue.Of(integer) : other;
        }
    }

    private static TemplateValue ToFloat(NativeCall call) => call.Self switch
    {
        StringValue text => NumberReader.TryReadFloat(text.Text, out double number) ? new FloatValue(number) : call[0] ?? new FloatValue(0),
        FloatValue => call.Self,
        UndefinedValue undefined => throw undefined.Error(),
        _ => call.Self.AsInteger() is { } integer ? new FloatValue(Numbers.ToDouble(integer)) : call[0] ?? new FloatValue(0),
    };

    private static TemplateValue Abs(NativeCall call) => call.Self switch
    {
        FloatValue number => new FloatValue(Math.Abs(number.Value)),
        _ => call.Self.AsInteger() is { } number
            ? IntValue.Of(BigInteger.Abs(number))
            : throw call.Refuse($"bad operand type for abs(): '{call.Self.TypeName}'"),
    };

    private static TemplateValue Round(NativeCall call)
    {
        int precision = call.Integer(0, 0);
        string method = call.Text(1, "common");
        if (method is not ("common" or "ceil" or "floor"))
            throw new TemplateException("method must be common, ceil or floor");
        if (call.Self is not FloatValue && call.Self.AsInteger() is null)
            throw call.Refuse($"type {call.Self.TypeName} doesn't define __round__ method");
        if (method == "common" && call.Self is FloatValue number)
            return new FloatValue(FloatText.Round(number.Value, precision));
        if (method == "common")
            return RoundInteger(call, precision);
        TemplateValue scale = Operators.Apply("**", IntValue.Of(10), IntValue.Of(precision), call.Budget);
        TemplateValue scaled = Operators.Apply("*", call.Self, scale, call.Budget);
        if (scaled is FloatValue real)
            scaled = IntValue.Of(FloatValue.Truncate(method == "ceil" ? Math.Ceiling(real.Value) : Math.Floor(real.Value)));
        return Operators.Apply("/", scaled, scale, call.Budget);
    }

    /// <summary>An integer is only rounded before the point, halves to even.</summary>
    private static IntValue RoundInteger(NativeCall call, int precision)
    {
        BigInteger value = call.Self.AsInteger()!.Value;
        if (precision >= 0)
            return IntValue.Of(value);
        if (precision < -IntegerText.MaxDigits * 3)
            return IntValue.Of(0);
        BigInteger unit = BigInteger.Pow(10, -precision);
        var quotient = BigInteger.DivRem(BigInteger.Abs(value), unit, out BigInteger rest);
        int half = (rest * 2).CompareTo(unit);
        if (half > 0 || (half == 0 && !quotient.IsEven))
            quotient++;
        return IntValue.Of(quotient * unit * value.Sign);
    }

    private static StringValue FormatSize(NativeCall call)
    {
        bool binary = call.Flag(0);
        double bytes = call.Self switch
        {
            StringValue text when !NumberReader.TryReadFloat(text.Text, out _) =>
                throw new TemplateException($"could not convert string to float: {PythonText.Quote(text.Text)}"),
            StringValue or FloatValue or IntValue or BoolValue => ((FloatValue)ToFloat(call)).Value,
            _ => throw call.Refuse($"float() argument must be a string or a real number, not '{call.Self.TypeName}'"),
        };
        double unit = binary ? 1024 : 1000;
        if (bytes < unit)
            return new StringValue(bytes == 1 ? "1 Byte" : $"{IntegerText.Format(FloatValue.Truncate(bytes))} Bytes");
        const string letters = "kMGTPEZY";
        int power = 1;
        double size = unit;
        for (; power < letters.Length && bytes >= size * unit; power++)
            size *= unit;
        string prefix = binary ? char.ToUpperInvariant(letters[power - 1]) + "i" : letters[power - 1].ToString();
        double scaled = unit * bytes / (size * unit);
        string number = double.IsFinite(scaled) ? FloatText.Fixed(scaled, 1) : FloatText.Special(scaled);
        return new StringValue($"{number} {prefix}B");
    }

    private static TemplateValue Attr(NativeCall call)
    {
        string name = call.Printed(0, "");
        return call.Self.GetAttribute(name) ?? UndefinedValue.Member(call.Self, new StringValue(name));
    }

    private static StringValue ToJson(NativeCall call)
    {
        string? indent = call[1] switch
        {
            null or NoneValue => null,
            StringValue text => text.Text,
            _ => TextFilters.Spaces(call.Integer(1, 0), call.Budget),
        };
        var layout = new JsonLayout
        {
            EnsureAscii = call.Flag(0),
            Indent = indent,
            ItemSeparator = indent is null ? ", " : ",",
            SortKeys = call.Flag(3),
        };
        if (call[2] is not (null or NoneValue))
        {
            if (Members.ToArray(call[2]!, call.Budget) is not [StringValue item, StringValue key])
                throw new TemplateException("the separators of tojson are two strings: between items and behind keys");
            layout = layout with { ItemSeparator = item.Text, KeySeparator = key.Text };
        }
        return new StringValue(JsonText.Write(call.Self, layout, call.Budget));
    }
}
