using Quipu.Templates.BuiltIns;
using Quipu.Templates.Runtime;

namespace Quipu.Templates.Values;

/// <summary>A list or tuple.</summary>
internal abstract class SequenceValue(TemplateValue[] items) : TemplateValue
{
    public TemplateValue[] Items => items;

    internal override bool IsTrue => items.Length > 0;

    internal override int? Length => items.Length;

    /// <summary>A sequence of the same type with other items.</summary>
    public abstract SequenceValue With(TemplateValue[] other);

    internal override IEnumerable<TemplateValue> Iterate() => items;

    internal override TemplateValue? GetItem(TemplateValue key, Budget budget) =>
        key.AsIndex() is { } index && Slicing.Resolve(index, items.Length) is { } place ? items[place] : null;
}

/// <summary>A list. Templates may not change it: what they add makes a new one.</summary>
internal sealed class ListValue(TemplateValue[] items) : SequenceValue(items)
{
    private static readonly string[] ChangingMethods = ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"];

    internal override string TypeName => "list";

    public override SequenceValue With(TemplateValue[] other) => new ListValue(other);

    internal override TemplateValue? GetAttribute(string name) =>
        ChangingMethods.Contains(name) ? UndefinedValue.Unsafe(this, name) : base.GetAttribute(name);

    internal override NativeFunction? FindMethod(string name) => CollectionMethods.OfList.GetValueOrDefault(name);

    internal override void WriteRepr(TextBuilder text) => Printer.WriteItems(text, "[", Items, "]");
}

/// <summary>A tuple.</summary>
internal class TupleValue(params TemplateValue[] items) : SequenceValue(items)
{
    internal override string TypeName => "tuple";

    public override SequenceValue With(TemplateValue[] other) => new TupleValue(other);

    internal override NativeFunction? FindMethod(string name) => CollectionMethods.OfTuple.GetValueOrDefault(name);

    internal override void WriteRepr(TextBuilder text) => Printer.WriteItems(text, "(", Items, Items.Length == 1 ? ",)" : ")");
}

/// <summary>What <c>groupby</c> gives: a tuple of a key and its members, which also have names.</summary>
internal sealed class GroupValue(TemplateValue grouper, TemplateValue list) : TupleValue(grouper, list)
{
    internal override TemplateValue? GetAttribute(string name) => name switch
    {
        "grouper" => Items[0],
        "list" => Items[1],
        _ => base.GetAttribute(name),
    };
}
