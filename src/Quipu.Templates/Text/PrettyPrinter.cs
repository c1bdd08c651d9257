using Quipu.Templates.Runtime;
using Quipu.Templates.Values;

namespace Quipu.Templates.Text;

/// <summary>Lists and dicts over several lines where one of 80 characters is too short; dicts in the order of their keys.</summary>
internal sealed class PrettyPrinter(Budget budget)
{
    private const int Width = 80;

    private readonly TextBuilder _text = new(budget);

    public static string Print(TemplateValue value, Budget budget)
    {
        var printer = new PrettyPrinter(budget);
        printer.Write(Sorted(value, budget), indent: 0, allowance: 0);
        return printer._text.ToString();
    }

    /// <summary>The value with all its dicts in the order of their keys, where those can be ordered.</summary>
    private static TemplateValue Sorted(TemplateValue value, Budget budget)
    {
        Budget.EnsureStack();
        budget.Element();
        switch (value)
        {
            case SequenceValue sequence:
                return sequence.With(Array.ConvertAll(sequence.Items, item => Sorted(item, budget)));
            case DictValue dict:
                var sorted = new DictValue();
                var pairs = Sorting.Sort(dict.Items, pair => OrderOf(pair.Key, budget), reverse: false, budget);
                foreach ((TemplateValue key, TemplateValue item) in pairs)
                    sorted[key] = Sorted(item, budget);
                return sorted;
            default:
                return value;
        }
    }

    /// <summary>Keys of one type go by their text; types do not mix.</summary>
    private static StringValue OrderOf(TemplateValue key, Budget budget) => new(key.AsInteger() is { Sign: >= 0 } number
        ? "int " + IntegerText.Format(number).PadLeft(32, '0')
        : key.TypeName + " " + Printer.Text(key, budget));

    /// <summary>Writes a value that begins at a column, leaving room for closing brackets behind it.</summary>
    private void Write(TemplateValue value, int indent, int allowance)
    {
        Budget.EnsureStack();
        string line = Printer.Repr(value, budget);
        bool fits = CodePoints.Count(line) <= Width - indent - allowance;
        if (fits || value is not (SequenceValue { Items.Length: > 0 } or DictValue { Count: > 0 }))
            _text.Append(line);
        else if (value is DictValue dict)
            WriteDict(dict, indent, allowance);
        else
            WriteItems((SequenceValue)value, indent, allowance);
    }

    private void WriteItems(SequenceValue sequence, int indent, int allowance)
    {
        string close = sequence is ListValue ? "]" : sequence.Items.Length == 1 ? ",)" : ")";
        _text.Append(sequence is ListValue ? '[' : '(');
        for (int i = 0; i < sequence.Items.Length; i++)
        {
            bool last = i == sequence.Items.Length - 1;
            Write(sequence.Items[i], indent + 1, last ? allowance + close.Length : 1);
            if (!last)
                _text.Append(",\n").Append(' ', indent + 1);
        }
        _text.Append(close);
    }

    private void WriteDict(DictValue dict, int indent, int allowance)
    {
        _text.Append('{');
        for (int i = 0; i < dict.Count; i++)
        {
            bool last = i == dict.Count - 1;
            string key = Printer.Repr(dict.Items[i].Key, budget);
            _text.Append(key).Append(": ");
            Write(dict.Items[i].Value, indent + key.Length + 3, last ? allowance + 1 : 1);
            if (!last)
                _text.Append(",\n").Append(' ', indent + 1);
        }
        _text.Append('}');
    }
}
