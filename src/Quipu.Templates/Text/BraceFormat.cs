using Quipu.Templates.BuiltIns;
using Quipu.Templates.Runtime;
using Quipu.Templates.Values;

namespace Quipu.Templates.Text;

/// <summary>Python's <c>str.format</c>: fields in braces with attributes, items, conversions and specifications.</summary>
internal sealed class BraceFormat(Arguments arguments, Budget budget, Func<StringValue, string>? escape)
{
    /// <summary>Specifications may hold fields, but not those again.</summary>
    private const int MaxDepth = 2;

    private int _next;

    /// <summary>Fills a format with arguments.</summary>
    /// <param name="format">The text with fields.</param>
    /// <param name="arguments">What the fields name.</param>
    /// <param name="budget">What the work is charged to.</param>
    /// <param name="escape">Escapes what is filled into safe markup, or null.</param>
    public static string Format(string format, Arguments arguments, Budget budget, Func<StringValue, string>? escape = null) =>
        new BraceFormat(arguments, budget, escape).Fill(format, MaxDepth);

    private string Fill(string format, int depth)
    {
        if (depth == 0)
            throw new TemplateException("Max string recursion exceeded");
        var text = new TextBuilder(budget);
        for (int at = 0; at < format.Length;)
        {
            int brace = format.AsSpan(at).IndexOfAny('{', '}') is >= 0 and int found ? at + found : format.Length;
            text.Append(format.AsSpan(at, brace - at));
            at = brace + 1;
            if (brace == format.Length)
                break;
            if (at < format.Length && format[at] == format[brace])
                text.Append(format[at++]);
            else if (format[brace] == '}')
                throw new TemplateException("Single '}' encountered in format string");
            else
                text.Append(TakeField(format, ref at, depth));
        }
        return text.ToString();
    }

    /// <summary>The text of the field whose inside begins at a place, which moves behind it.</summary>
    private string TakeField(string format, ref int at, int depth)
    {
        int end = FieldEnd(format, at);
        string field = format[at..end];
        at = end + 1;
        int nameEnd = NameEnd(field);
        TemplateValue value = Find(field[..nameEnd]);
        if (nameEnd < field.Length && field[nameEnd] == '!')
        {
            if (nameEnd + 1 >= field.Length)
                throw new TemplateException("end of string while looking for conversion specifier");
            value = Convert(value, field[nameEnd + 1]);
            nameEnd += 2;
            if (nameEnd < field.Length && field[nameEnd] != ':')
                throw new TemplateException("expected ':' after conversion specifier");
        }
        string spec = nameEnd < field.Length ? Fill(field[(nameEnd + 1)..], depth - 1) : "";
        string text = Layout(value, spec, budget);
        return escape is null ? text : escape(value as StringValue ?? new StringValue(text));
    }

    private static int FieldEnd(string format, int start)
    {
        int depth = 1;
        for (int at = start; at < format.Length; at++)
        {
            depth += format[at] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
                return at;
        }
        throw new TemplateException("expected '}' before end of string");
    }

    /// <summary>Where a field's name ends: at a conversion or specification outside of brackets.</summary>
    private static int NameEnd(string field)
    {
        bool inBrackets = false;
        for (int at = 0; at < field.Length; at++)
        {
            if (field[at] is '[' or ']')
                inBrackets = field[at] == '[';
            else if (!inBrackets && field[at] is '!' or ':')
                return at;
        }
        return field.Length;
    }

    /// <summary>The argument a field names, and the attributes and items behind it.</summary>
    private TemplateValue Find(string name)
    {
        int end = name.AsSpan().IndexOfAny('.', '[') is >= 0 and int found ? found : name.Length;
        TemplateValue value = Argument(name[..end]);
        while (end < name.Length)
        {
            bool item = name[end] == '[';
            int start = end + 1;
            int length = item ? name.AsSpan(start).IndexOf(']') : name.AsSpan(start).IndexOfAny('.', '[');
            if (item && length < 0)
                throw new TemplateException("Missing ']' in format string");
            string part = length < 0 ? name[start..] : name.Substring(start, length);
            if (part.Length == 0)
                throw new TemplateException("Empty attribute in format string");
            end = start + part.Length + (item ? 1 : 0);
            if (item && end < name.Length && name[end] is not ('.' or '['))
                throw new TemplateException("Only '.' or '[' may follow ']' in format field specifier");
            value = item
                ? Members.GetItem(value, AttributePath.Part(part), budget)
                : Members.GetAttribute(value, new StringValue(part), budget);
        }
        return value;
    }

    private TemplateValue Argument(string name)
    {
        int index = -1;
        if (name.Length == 0)
            index = _next++;
        else if (char.IsAsciiDigit(name[0]) && !int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index))
            throw new TemplateException($"the field {{{name}}} is no argument's number");
        if (index >= 0)
            return index < arguments.Positional.Length ? arguments.Positional[index] : throw new TemplateException(
                $"the format asks for argument {index}, but there are {arguments.Positional.Length}");
        return arguments.Find(name) ?? throw new TemplateException($"the format asks for argument '{name}', which is not given");
    }

    private StringValue Convert(TemplateValue value, char conversion) => new(conversion switch
    {
        's' => Printer.Text(value, budget),
        'r' => Printer.Repr(value, budget),
        'a' => Printer.Ascii(value, budget),
        _ => throw new TemplateException($"Unknown conversion specifier '{conversion}'"),
    });

    /// <summary>A value as its type lays it out.</summary>
    private static string Layout(TemplateValue value, string spec, Budget budget)
    {
        if (spec.Length == 0)
            return Printer.Text(value, budget);
        return value switch
        {
            StringValue text => NumberFormat.FormatText(text.Text, FormatSpec.Parse(spec), budget),
            IntValue or BoolValue => NumberFormat.FormatInteger(value.AsInteger()!.Value, FormatSpec.Parse(spec), budget),
            FloatValue number => NumberFormat.FormatFloat(number.Value, FormatSpec.Parse(spec), budget),
            _ => throw new TemplateException($"unsupported format string passed to {value.TypeName}.__format__"),
        };
    }
}
