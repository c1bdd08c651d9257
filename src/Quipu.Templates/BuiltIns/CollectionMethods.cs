using Quipu.Templates.Runtime;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>The methods of lists, tuples, ranges and dicts that change nothing.</summary>
internal static class CollectionMethods
{
    public static readonly Dictionary<string, NativeFunction> OfTuple = new()
    {
        ["index"] = new(Index, "value", "start", "stop") { Required = 1, IsPositional = true },
        ["count"] = new(Count, "value") { Required = 1, IsPositional = true },
    };

    public static readonly Dictionary<string, NativeFunction> OfList = new(OfTuple)
    {
        ["copy"] = new(call => new ListValue(((ListValue)call.Self).Items)),
    };

    public static readonly Dictionary<string, NativeFunction> OfDict = new()
    {
        ["items"] = new(call => new DictViewValue((DictValue)call.Self, DictPart.Items)),
        ["keys"] = new(call => new DictViewValue((DictValue)call.Self, DictPart.Keys)),
        ["values"] = new(call => new DictViewValue((DictValue)call.Self, DictPart.Values)),
        ["get"] = new(Get, "key", "default") { Required = 1, IsPositional = true },
        ["copy"] = new(Copy),
    };

    private static IntValue Index(NativeCall call)
    {
        TemplateValue[] items = call.SelfItems();
        int Clip(int index) => (int)Math.Clamp(index < 0 ? (long)index + items.Length : index, 0, items.Length);
        int end = Clip(call.Integer(2, int.MaxValue));
        for (int i = Clip(call.Integer(1, 0)); i < end; i++)
            if (ReferenceEquals(items[i], call[0]) || Ordering.AreEqual(items[i], call[0]!, call.Budget))
                return IntValue.Of(i);
        throw new TemplateException($"{Printer.Repr(call[0]!, call.Budget)} is not in {call.Self.TypeName}");
    }

    private static IntValue Count(NativeCall call)
    {
        int count = 0;
        foreach (TemplateValue item in call.SelfItems())
            if (ReferenceEquals(item, call[0]) || Ordering.AreEqual(item, call[0]!, call.Budget))
                count++;
        return IntValue.Of(count);
    }

    private static TemplateValue Get(NativeCall call) =>
        ((DictValue)call.Self).Find(call[0]!, call.Budget) ?? call[1] ?? NoneValue.Instance;

    private static DictValue Copy(NativeCall call)
    {
        var dict = (DictValue)call.Self;
        call.Budget.Elements(2L * dict.Count);
        return new DictValue(dict);
    }
}
