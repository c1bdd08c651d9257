using Quipu.Templates.BuiltIns;
using Quipu.Templates.Runtime;

namespace Quipu.Templates.Values;

/// <summary>A dict: values under keys, in the order in which the keys came.</summary>
internal sealed class DictValue : TemplateValue
{
    private static readonly string[] ChangingMethods = ["clear", "pop", "popitem", "setdefault", "update"];

    private readonly OrderedDictionary<TemplateValue, TemplateValue> _items;

    public DictValue() => _items = new OrderedDictionary<TemplateValue, TemplateValue>(KeyComparer.Instance);

    public DictValue(DictValue other) =>
        _items = new OrderedDictionary<TemplateValue, TemplateValue>(other._items, KeyComparer.Instance);

    public int Count => _items.Count;

    public IReadOnlyList<KeyValuePair<TemplateValue, TemplateValue>> Items => _items;

    /// <summary>Sets the value of a key while the dict is being made. An equal key that is there stays as it is.</summary>
    public TemplateValue this[TemplateValue key]
    {
        set => _items[key] = value;
    }

    internal override string TypeName => "dict";

    internal override bool IsTrue => _items.Count > 0;

    internal override int? Length => _items.Count;

    /// <summary>The value of a key that is known to be hashable, or null.</summary>
    public TemplateValue? Find(TemplateValue key) => _items.GetValueOrDefault(key);

    /// <summary>The value of any key, or null.</summary>
    /// <exception cref="TemplateException">The key is of a type that no dict can hold.</exception>
    public TemplateValue? Find(TemplateValue key, Budget budget)
    {
        KeyComparer.Check(key, budget);
        return Find(key);
    }

    internal override IEnumerable<TemplateValue> Iterate() => _items.Keys;

    internal override TemplateValue? GetItem(TemplateValue key, Budget budget) =>
        KeyComparer.UnhashableType(key, budget) is null ? Find(key) : null;

    internal override TemplateValue? GetAttribute(string name) =>
        ChangingMethods.Contains(name) ? UndefinedValue.Unsafe(this, name) : base.GetAttribute(name);

    internal override NativeFunction? FindMethod(string name) => CollectionMethods.OfDict.GetValueOrDefault(name);

    internal override void WriteRepr(TextBuilder text) => Printer.WriteDict(text, this);
}

/// <summary>Which part of a dict a view shows.</summary>
internal enum DictPart
{
    Keys,
    Values,
    Items,
}

/// <summary>The keys, values or items of a dict.</summary>
internal sealed class DictViewValue(DictValue dict, DictPart part) : TemplateValue
{
    public DictValue Source => dict;

    public DictPart Part => part;

    internal override string TypeName => part switch
    {
        DictPart.Keys => "dict_keys",
        DictPart.Values => "dict_values",
        _ => "dict_items",
    };

    internal override bool IsTrue => dict.Count > 0;

    internal override int? Length => dict.Count;

    internal override IEnumerable<TemplateValue> Iterate() => part switch
    {
        DictPart.Keys => dict.Items.Select(item => item.Key),
        DictPart.Values => dict.Items.Select(item => item.Value),
        _ => dict.Items.Select(item => new TupleValue(item.Key, item.Value)),
    };

    internal override void WriteRepr(TextBuilder text)
    {
        text.Append(TypeName);
        Printer.WriteItems(text, "([", Iterate(), "])");
    }
}
