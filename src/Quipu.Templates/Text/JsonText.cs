using Quipu.Templates.Runtime;
using Quipu.Templates.Values;

namespace Quipu.Templates.Text;

/// <summary>How JSON is laid out.</summary>
internal sealed record JsonLayout
{
    /// <summary>Whether everything that is not ASCII is escaped.</summary>
    public bool EnsureAscii { get; init; }

    /// <summary>What a level of nesting is indented by; null writes all on one line.</summary>
    public string? Indent { get; init; }

    public string ItemSeparator { get; init; } = ", ";

    public string KeySeparator { get; init; } = ": ";

    public bool SortKeys { get; init; }
}

/// <summary>Values as JSON, laid out as Python's <c>json.dumps</c> does.</summary>
internal sealed class JsonText(JsonLayout layout, Budget budget)
{
    private readonly TextBuilder _text = new(budget);
    private int _level;

    public static string Write(TemplateValue value, JsonLayout layout, Budget budget)
    {
        var writer = new JsonText(layout, budget);
        writer.Write(value);
        return writer._text.ToString();
    }

    private void Write(TemplateValue value)
    {
        Budget.EnsureStack();
        budget.Step();
        switch (value)
        {
            case StringValue text:
                WriteString(text.Text);
                break;
            case DictValue dict:
                WriteDict(dict);
                break;
            case SequenceValue sequence:
                WriteSequence(sequence);
                break;
            default:
                _text.Append(Scalar(value) ?? throw new TemplateException($"Object of type {value.TypeName} is not JSON serializable"));
                break;
        }
    }

    /// <summary>A number, truth value or null; otherwise null.</summary>
    private static string? Scalar(TemplateValue value) => value switch
    {
        NoneValue => "null",
        BoolValue flag => flag.IsTrue ? "true" : "false",
        IntValue number => IntegerText.Format(number.Value),
        FloatValue { Value: double.PositiveInfinity } => "Infinity",
        FloatValue { Value: double.NegativeInfinity } => "-Infinity",
        FloatValue number => double.IsNaN(number.Value) ? "NaN" : FloatText.Repr(number.Value),
        _ => null,
    };

    private void WriteSequence(SequenceValue sequence)
    {
        if (sequence.Items.Length == 0)
        {
            _text.Append("[]");
            return;
        }
        Open('[');
        for (int i = 0; i < sequence.Items.Length; i++)
        {
            Separate(i);
            Write(sequence.Items[i]);
        }
        Close(']');
    }

    private void WriteDict(DictValue dict)
    {
        if (dict.Count == 0)
        {
            _text.Append("{}");
            return;
        }
        IEnumerable<KeyValuePair<TemplateValue, TemplateValue>> items = dict.Items;
        if (layout.SortKeys)
            items = Sorting.Sort([.. items], item => item.Key, reverse: false, budget);
        Open('{');
        int count = 0;
        foreach ((TemplateValue key, TemplateValue value) in items)
        {
            Separate(count++);
            string name = key is StringValue text ? text.Text : Scalar(key)
                ?? throw new TemplateException($"keys must be str, int, float, bool or None, not {key.TypeName}");
            WriteString(name);
            _text.Append(layout.KeySeparator);
            Write(value);
        }
        Close('}');
    }

    private void Open(char bracket)
    {
        _text.Append(bracket);
        _level++;
        NewLine();
    }

    private void Close(char bracket)
    {
        _level--;
        NewLine();
        _text.Append(bracket);
    }

    private void Separate(int index)
    {
        if (index == 0)
            return;
        _text.Append(layout.ItemSeparator);
        NewLine();
    }

    private void NewLine()
    {
        if (layout.Indent is null)
            return;
        _text.Append('\n');
        for (int i = 0; i < _level; i++)
            _text.Append(layout.Indent);
    }

    private void WriteString(string text)
    {
        _text.Append('"');
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is >= ' ' and not ('"' or '\\') && (!layout.EnsureAscii || c < 0x7f))
                continue;
            _text.Append(text.AsSpan(start, i - start)).Append(Escape(c));
            start = i + 1;
        }
        _text.Append(text.AsSpan(start)).Append('"');
    }

    private static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\f' => "\\f",
        '\b' => "\\b",
        _ => $"\\u{(int)c:x4}",
    };
}
