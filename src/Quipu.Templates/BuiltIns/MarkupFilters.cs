using System.Net;
using Quipu.Templates.Runtime;
using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>The filters for HTML and addresses.</summary>
internal static class MarkupFilters
{
    public static readonly Dictionary<string, NativeFunction> Table = new()
    {
        ["safe"] = new(call => new StringValue(call.SelfText(), isMarkup: true)),
        ["escape"] = new(call => new StringValue(Markup.Escape(call.SelfString()), isMarkup: true)),
        ["e"] = new(call => new StringValue(Markup.Escape(call.SelfString()), isMarkup: true)),
        ["forceescape"] = new(call => new StringValue(Markup.Escape(call.SelfText()), isMarkup: true)),
        ["striptags"] = new(call => new StringValue(StripTags(call.SelfText(), call.Budget))),
        ["urlencode"] = new(call => new StringValue(EncodeUrl(call))),
        ["xmlattr"] = new(WriteAttributes, "autospace"),
    };

    /// <summary>The text between tags and comments, with single spaces and without entities.</summary>
    private static string StripTags(string text, Budget budget)
    {
        text = Cut(text, "<!--", "-->");
        text = Cut(text, "<", ">");
        return WebUtility.HtmlDecode(string.Join(' ', TextPieces.SplitSpace(text, -1, fromEnd: false, budget)));
    }

    /// <summary>Takes out every part from an opening mark to the next closing one.</summary>
    private static string Cut(string text, string open, string close)
    {
        var kept = new StringBuilder(text.Length);
        int at = 0;
        while (text.IndexOf(open, at, StringComparison.Ordinal) is >= 0 and int start
            && text.IndexOf(close, start, StringComparison.Ordinal) is >= 0 and int end)
        {
            kept.Append(text, at, start - at);
            at = end + close.Length;
        }
        return kept.Append(text, at, text.Length - at).ToString();
    }

    private static string EncodeUrl(NativeCall call)
    {
        if (call.Self is StringValue text)
            return Quote(text.Text, keepSlash: true, call.Budget);
        if (call.Self.Iterate() is null)
            return Quote(call.SelfText(), keepSlash: true, call.Budget);
        TemplateValue pairs = call.Self is DictValue dict ? new DictViewValue(dict, DictPart.Items) : call.Self;
        var result = new TextBuilder(call.Budget);
        foreach (TemplateValue pair in Members.Iterate(pairs))
        {
            if (Members.ToArray(pair, call.Budget) is not [{ } key, { } value])
                throw new TemplateException("urlencode needs a dict or pairs");
            result.Append(result.Length > 0 ? "&" : "")
                .Append(QuotePart(key, call.Budget))
                .Append('=')
                .Append(QuotePart(value, call.Budget));
        }
        return result.ToString();
    }

    /// <summary>A name or value of a query.</summary>
    private static string QuotePart(TemplateValue value, Budget budget) =>
        Quote(Printer.Text(value, budget), keepSlash: false, budget).Replace("%20", "+", StringComparison.Ordinal);

    private static string Quote(string text, bool keepSlash, Budget budget)
    {
        var result = new TextBuilder(budget);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'~' || (keepSlash && b == '/'))
                result.Append((char)b);
            else
                result.Append($"%{b:X2}");
        return result.ToString();
    }

    private static StringValue WriteAttributes(NativeCall call)
    {
        if (call.Self is not DictValue dict)
            throw call.Refuse($"'{call.Self.TypeName}' object has no attribute 'items'");
        var result = new TextBuilder(call.Budget);
        foreach ((TemplateValue key, TemplateValue value) in dict.Items)
        {
            if (value is NoneValue or UndefinedValue)
                continue;
            string name = Printer.Text(key, call.Budget);
            if (name.Any(c => c is ' ' or '\t' or '\n' or '\r' or '\f' or '/' or '>' or '='))
                throw new TemplateException($"Invalid character in attribute name: {PythonText.Quote(name)}");
            result.Append(result.Length > 0 || call.Flag(0, other: true) ? " " : "")
                .Append(Markup.Escape(name)).Append("=\"").Append(Markup.Escape(Printer.Text(value, call.Budget))).Append('"');
        }
        return new StringValue(result.ToString());
    }
}
