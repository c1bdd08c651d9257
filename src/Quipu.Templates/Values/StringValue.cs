using Quipu.Templates.BuiltIns;
using Quipu.Templates.Runtime;
using Quipu.Templates.Text;

namespace Quipu.Templates.Values;

/// <summary>A string. Its length and indices count code points.</summary>
/// <param name="text">The text in UTF-16.</param>
/// <param name="isMarkup">Whether it is marked as safe HTML: then what is added to it is escaped.</param>
internal sealed class StringValue(string text, bool isMarkup = false) : TemplateValue
{
    private static readonly StringValue[] AsciiCharacters =
        [.. Enumerable.Range(0, 128).Select(c => new StringValue(((char)c).ToString()))];

    public static readonly StringValue Empty = new("");

    private int _count = -1;
    private int[]? _starts;

    public string Text => text;

    public bool IsMarkup => isMarkup;

    /// <summary>The number of code points.</summary>
    public int Count => _count >= 0 ? _count : _count = CodePoints.Count(text);

    internal override string TypeName => isMarkup ? "markupsafe.Markup" : "str";

    internal override bool IsTrue => text.Length > 0;

    internal override int? Length => Count;

    /// <summary>A string of one code point.</summary>
    public static StringValue Character(string text) =>
        text.Length == 1 && text[0] < 128 ? AsciiCharacters[text[0]] : new StringValue(text);

    /// <summary>Where a code point begins in the text; the count gives the end.</summary>
    public int StartOf(int index)
    {
        if (Count == text.Length)
            return index;
        _starts ??= CodePoints.Starts(text, Count);
        return _starts[index];
    }

    /// <summary>The number of the code point that begins at a place of the text.</summary>
    public int IndexOf(int start) => Count == text.Length ? start : CodePoints.Count(text.AsSpan(0, start));

    /// <summary>The code point of a number from 0.</summary>
    public StringValue At(int index)
    {
        int start = StartOf(index);
        return With(text.Substring(start, CodePoints.LengthAt(text, start)));
    }

    /// <summary>Another text that is safe where this one is.</summary>
    public StringValue With(string other) => isMarkup ? new StringValue(other, isMarkup: true) : Character(other);

    internal override IEnumerable<TemplateValue> Iterate()
    {
        for (int at = 0; at < text.Length;)
        {
            int length = CodePoints.LengthAt(text, at);
            yield return Character(text.Substring(at, length));
            at += length;
        }
    }

    internal override TemplateValue? GetItem(TemplateValue key, Budget budget) =>
        key.AsIndex() is { } index && Slicing.Resolve(index, Count) is { } place ? At(place) : null;

    internal override NativeFunction? FindMethod(string name) => StringMethods.Find(name);

    internal override void WriteRepr(TextBuilder writer)
    {
        if (isMarkup)
            writer.Append("Markup(");
        PythonText.WriteQuoted(text, piece => writer.Append(piece));
        if (isMarkup)
            writer.Append(')');
    }
}
