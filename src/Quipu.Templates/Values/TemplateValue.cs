using System.Text.Json;
using Quipu.Templates.Runtime;
using Quipu.Templates.Values;

namespace Quipu.Templates;

/// <summary>
/// A value a template works with: none, a truth value, an integer of any size, a float, a string, a list or a dict. Values
/// given to a template never change.
/// </summary>
public abstract class TemplateValue
{
    private protected TemplateValue()
    {
    }

    /// <summary>The value that stands for nothing: JSON's null.</summary>
    public static TemplateValue None => NoneValue.Instance;

    /// <summary>A truth value.</summary>
    public static TemplateValue From(bool value) => BoolValue.Of(value);

    /// <summary>An integer.</summary>
    public static TemplateValue From(long value) => IntValue.Of(value);

    /// <summary>An integer of any size.</summary>
    public static TemplateValue From(BigInteger value) => IntValue.Of(value);

    /// <summary>A float; it prints with a point or an exponent even where it is whole.</summary>
    public static TemplateValue From(double value) => new FloatValue(value);

    /// <summary>A string, or none for null.</summary>
    public static TemplateValue From(string? value) => value is null ? None : new StringValue(value);

    /// <summary>A list.</summary>
    public static TemplateValue List(params IEnumerable<TemplateValue> items) => new ListValue([.. items]);

    /// <summary>A dict with string keys, in the order given; of equal keys the last value wins.</summary>
    public static TemplateValue Dict(params IEnumerable<(string Key, TemplateValue Value)> items)
    {
        var dict = new DictValue();
        foreach ((string key, TemplateValue value) in items)
            dict[new StringValue(key)] = value;
        return dict;
    }

    /// <summary>A chat message: a dict of <c>role</c> and <c>content</c>.</summary>
    public static TemplateValue Message(string role, string content) => Dict(("role", From(role)), ("content", From(content)));

    /// <summary>
    /// The value of a JSON text. A number of digits alone is an integer of any size, one with a point or an exponent a float;
    /// keys keep their order.
    /// </summary>
    /// <exception cref="TemplateException">
    /// An integer has too many digits, a string holds half a surrogate pair, or the nesting is too deep.
    /// </exception>
    public static TemplateValue FromJson(JsonElement json) => JsonReader.Read(json);

    /// <summary>The items of a dict with string keys, by their names: variables for a template.</summary>
    /// <exception cref="InvalidOperationException">The value is no such dict.</exception>
    public Dictionary<string, TemplateValue> ToDictionary()
    {
        if (this is not DictValue dict || !dict.Items.All(item => item.Key is StringValue))
            throw new InvalidOperationException($"a dict with string keys is needed, but this is a value of type {TypeName}");
        return dict.Items.ToDictionary(item => ((StringValue)item.Key).Text, item => item.Value);
    }

    /// <summary>The value as a template prints it.</summary>
    public override string ToString() => Printer.Text(this, new Budget(TemplateLimits.Default, CancellationToken.None));

    /// <summary>The type's name in Python, for messages.</summary>
    internal abstract string TypeName { get; }

    /// <summary>Whether the value counts as true.</summary>
    internal virtual bool IsTrue => true;

    /// <summary>The number of elements or characters; null for values without a length.</summary>
    internal virtual int? Length => null;

    /// <summary>The elements one after another; null for values that cannot be iterated.</summary>
    internal virtual IEnumerable<TemplateValue>? Iterate() => null;

    /// <summary>An attribute or a method bound to the value; null where there is none.</summary>
    internal virtual TemplateValue? GetAttribute(string name) =>
        FindMethod(name) is { } method ? new MethodValue(this, name, method) : null;

    /// <summary>A method of the value's type.</summary>
    internal virtual NativeFunction? FindMethod(string name) => null;

    /// <summary>The item of a key or index; null where there is none, or none can be.</summary>
    internal virtual TemplateValue? GetItem(TemplateValue key, Budget budget) => null;

    /// <summary>Writes the value as Python's <c>repr</c> does.</summary>
    internal abstract void WriteRepr(TextBuilder text);

    /// <summary>The integer an integer or truth value is; null for others.</summary>
    internal virtual BigInteger? AsInteger() => null;

    /// <summary>A small integer, or null for other types; outside of 32 bits it is cut to the nearest.</summary>
    internal int? AsIndex() => AsInteger() is { } value ? (int)BigInteger.Clamp(value, int.MinValue, int.MaxValue) : null;

    /// <summary>A 32-bit integer, or null for other types.</summary>
    /// <exception cref="TemplateException">The integer is larger; the message is the one given.</exception>
    internal int? AsInt32(string message) => AsInteger() is not { } value ? null
        : value >= int.MinValue && value <= int.MaxValue ? (int)value
        : throw new TemplateException(message);
}
