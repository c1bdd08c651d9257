using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>Values as text: as they are printed, and as they stand inside lists.</summary>
internal static class Printer
{
    /// <summary>What a template prints for a value: Python's <c>str</c>, and nothing for undefined.</summary>
    public static string Text(TemplateValue value, Budget budget) => value switch
    {
        StringValue text => text.Text,
        UndefinedValue => "",
        _ => Repr(value, budget),
    };

    /// <summary>Python's <c>repr</c>.</summary>
    public static string Repr(TemplateValue value, Budget budget)
    {
        var text = new TextBuilder(budget);
        Write(text, value);
        return text.ToString();
    }

    /// <summary>Python's <c>ascii</c>: <c>repr</c> with everything else escaped.</summary>
    public static string Ascii(TemplateValue value, Budget budget)
    {
        string repr = Repr(value, budget);
        if (System.Text.Ascii.IsValid(repr))
            return repr;
        var text = new TextBuilder(budget);
        foreach (Rune rune in repr.EnumerateRunes())
            text.Append(rune.IsAscii ? rune.ToString() : rune.Value switch
            {
                < 0x100 => $"\\x{rune.Value:x2}",
                < 0x10000 => $"\\u{rune.Value:x4}",
                _ => $"\\U{rune.Value:x8}",
            });
        return text.ToString();
    }

    public static void Write(TextBuilder text, TemplateValue value)
    {
        Budget.EnsureStack();
        text.Budget.Step();
        value.WriteRepr(text);
    }

    public static void WriteItems(TextBuilder text, string open, IEnumerable<TemplateValue> items, string close)
    {
        text.Append(open);
        bool first = true;
        foreach (TemplateValue item in items)
        {
            if (!first)
                text.Append(", ");
            first = false;
            Write(text, item);
        }
        text.Append(close);
    }

    public static void WriteDict(TextBuilder text, DictValue dict)
    {
        text.Append('{');
        bool first = true;
        foreach ((TemplateValue key, TemplateValue value) in dict.Items)
        {
            if (!first)
                text.Append(", ");
            first = false;
            Write(text, key);
            text.Append(": ");
            Write(text, value);
        }
        text.Append('}');
    }
}
