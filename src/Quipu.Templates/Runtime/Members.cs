using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>Looks up attributes and items. What is not there is undefined; only undefined values refuse.</summary>
internal static class Members
{
    /// <summary><c>value.name</c>: the attribute or method, else the item.</summary>
    public static TemplateValue GetAttribute(TemplateValue value, StringValue name, Budget budget)
    {
        if (value is UndefinedValue undefined && name.Text != "__class__")
            throw undefined.Error();
        if (IsHidden(name.Text))
            return UndefinedValue.Unsafe(value, name.Text);
        return value.GetAttribute(name.Text) ?? value.GetItem(name, budget) ?? UndefinedValue.Member(value, name);
    }

    /// <summary><c>value[key]</c>: the item, else the attribute or method.</summary>
    public static TemplateValue GetItem(TemplateValue value, TemplateValue key, Budget budget)
    {
        if (value.GetItem(key, budget) is { } item)
            return item;
        if (key is not StringValue name)
            return UndefinedValue.Member(value, key);
        if (IsHidden(name.Text))
            return UndefinedValue.Unsafe(value, name.Text);
        return value.GetAttribute(name.Text) ?? UndefinedValue.Member(value, key);
    }

    /// <summary>The elements of a value.</summary>
    /// <exception cref="TemplateException">It has none.</exception>
    public static IEnumerable<TemplateValue> Iterate(TemplateValue value) =>
        value.Iterate() ?? throw new TemplateException($"'{value.TypeName}' object is not iterable");

    /// <summary>All elements of a value.</summary>
    public static TemplateValue[] ToArray(TemplateValue value, Budget budget)
    {
        if (value is SequenceValue sequence)
            return sequence.Items;
        var items = new List<TemplateValue>();
        foreach (TemplateValue item in Iterate(value))
        {
            budget.Element();
            items.Add(item);
        }
        return [.. items];
    }

    /// <summary>Names between double underscores belong to Python itself; the sandbox hides them.</summary>
    private static bool IsHidden(string name) =>
        name.Length > 4 && name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal);
}
