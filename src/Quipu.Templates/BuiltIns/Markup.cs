using Quipu.Templates.Runtime;
using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>Safe HTML: strings so marked escape what is added to them. A prompt is no HTML, but templates do use <c>safe</c>.</summary>
internal static class Markup
{
    /// <summary>The text with the five special characters escaped; a safe string stays as it is.</summary>
    public static string Escape(StringValue value) => value.IsMarkup ? value.Text : Escape(value.Text);

    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny("&<>'\"") < 0)
            return text;
        var result = new StringBuilder(text.Length + 16);
        foreach (char c in text)
            _ = c switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '\'' => result.Append("&#39;"),
                '"' => result.Append("&#34;"),
                _ => result.Append(c),
            };
        return result.ToString();
    }

    /// <summary>Two strings, one after the other; where one is safe, the other is escaped.</summary>
    public static StringValue Add(StringValue left, StringValue right, Budget budget)
    {
        bool safe = left.IsMarkup || right.IsMarkup;
        string a = safe ? Escape(left) : left.Text;
        string b = safe ? Escape(right) : right.Text;
        budget.Text((long)a.Length + b.Length);
        return new StringValue(a + b, safe);
    }

    /// <summary>The <c>%</c> operator of strings.</summary>
    public static StringValue Percent(StringValue format, TemplateValue arguments, Budget budget)
    {
        TemplateValue given = format.IsMarkup ? EscapeAll(arguments, budget) : arguments;
        return format.With(PercentFormat.Format(format.Text, given, budget));
    }

    private static TemplateValue EscapeAll(TemplateValue value, Budget budget)
    {
        switch (value)
        {
            case TupleValue tuple:
                budget.Elements(tuple.Items.Length);
                return new TupleValue(Array.ConvertAll(tuple.Items, EscapeText));
            case DictValue dict:
                budget.Elements(2L * dict.Count);
                var escaped = new DictValue();
                foreach ((TemplateValue key, TemplateValue item) in dict.Items)
                    escaped[key] = EscapeText(item);
                return escaped;
            default:
                return EscapeText(value);
        }
    }

    private static TemplateValue EscapeText(TemplateValue value) => value is StringValue text ? new StringValue(Escape(text)) : value;
}
