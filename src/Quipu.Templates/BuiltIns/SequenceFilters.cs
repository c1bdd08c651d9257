using Quipu.Templates.Runtime;
using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>The filters on lists and dicts as a whole: their ends, order, sums and parts.</summary>
internal static class SequenceFilters
{
    public static readonly Dictionary<string, NativeFunction> Table = new()
    {
        ["length"] = new(Length),
        ["count"] = new(Length),
        ["first"] = new(First),
        ["last"] = new(Last),
        ["random"] = new(RefuseRandom),
        ["list"] = new(call => new ListValue(call.SelfItems())),
        ["join"] = new(Join, "d", "attribute"),
        ["reverse"] = new(Reverse),
        ["sort"] = new(Sort, "reverse", "case_sensitive", "attribute"),
        ["unique"] = new(call => new GeneratorValue(Unique(call), over: call.Self), "case_sensitive", "attribute"),
        ["min"] = new(call => Extreme(call, largest: false), "case_sensitive", "attribute"),
        ["max"] = new(call => Extreme(call, largest: true), "case_sensitive", "attribute"),
        ["sum"] = new(Sum, "attribute", "start"),
        ["batch"] = new(call => new GeneratorValue(Batch(call), over: call.Self), "linecount", "fill_with") { Required = 1 },
        ["slice"] = new(call => new GeneratorValue(Slice(call), over: call.Self), "slices", "fill_with") { Required = 1 },
        ["groupby"] = new(GroupBy, "attribute", "default", "case_sensitive") { Required = 1 },
        ["items"] = new(Items),
        ["dictsort"] = new(SortDict, "case_sensitive", "by", "reverse"),
    };

    private static IntValue Length(NativeCall call) => IntValue.Of(
        call.Self.Length ?? throw new TemplateException($"object of type '{call.Self.TypeName}' has no len()"));

    private static TemplateValue First(NativeCall call)
    {
        foreach (TemplateValue item in Members.Iterate(call.Self))
            return item;
        return UndefinedValue.Because("No first item, sequence was empty.");
    }

    private static TemplateValue Last(NativeCall call)
    {
        if (call.Self is GeneratorValue)
            throw new TemplateException("'generator' object is not reversible");
        TemplateValue[] items = call.SelfItems();
        return items.Length > 0 ? items[^1] : UndefinedValue.Because("No last item, sequence was empty.");
    }

    private static TemplateValue RefuseRandom(NativeCall call) =>
        throw new TemplateException("random chooses by chance, but the same conversation must give the same prompt");

    private static StringValue Join(NativeCall call)
    {
        string separator = call.Printed(0, "");
        AttributePath? path = call[1] is null or NoneValue ? null : new AttributePath(call[1]!);
        var result = new TextBuilder(call.Budget);
        bool first = true;
        foreach (TemplateValue item in Members.Iterate(call.Self))
        {
            call.Budget.Step();
            result.Append(first ? "" : separator).Append(Printer.Text(path?.Of(item, call.Budget) ?? item, call.Budget));
            first = false;
        }
        return new StringValue(result.ToString());
    }

    private static TemplateValue Reverse(NativeCall call)
    {
        if (call.Self is StringValue text)
            return Slicing.Slice(text, NoneValue.Instance, NoneValue.Instance, IntValue.Of(-1), call.Budget);
        TemplateValue[] items = [.. call.SelfItems()];
        Array.Reverse(items);
        return new GeneratorValue(items, "list_reverseiterator");
    }

    /// <summary>What values are compared by: an attribute, in lower case unless told otherwise.</summary>
    private static TemplateValue KeyOf(TemplateValue item, AttributePath? path, bool caseSensitive, Budget budget)
    {
        TemplateValue key = path?.Of(item, budget) ?? item;
        return !caseSensitive && key is StringValue text ? new StringValue(CaseMapping.Lower(text.Text)) : key;
    }

    private static AttributePath? PathOf(TemplateValue? attribute) => attribute is null or NoneValue ? null : new AttributePath(attribute);

    private static ListValue Sort(NativeCall call)
    {
        if (call[0] is UndefinedValue undefined)
            throw undefined.Error();
        bool caseSensitive = call.Flag(1);
        AttributePath[] paths = AttributePath.SplitList(call[2]);
        // Keys are tuples even of one part: parts are first asked whether they are equal, which values without an order can be.
        TemplateValue Key(TemplateValue item) => paths.Length == 0
            ? new TupleValue(KeyOf(item, null, caseSensitive, call.Budget))
            : new TupleValue(Array.ConvertAll(paths, path => KeyOf(item, path, caseSensitive, call.Budget)));
        return new ListValue(Sorting.Sort(call.SelfItems(), Key, call.Flag(0), call.Budget));
    }

    private static IEnumerable<TemplateValue> Unique(NativeCall call)
    {
        AttributePath? path = PathOf(call[1]);
        var seen = new HashSet<TemplateValue>(KeyComparer.Instance);
        foreach (TemplateValue item in Members.Iterate(call.Self))
        {
            call.Budget.Element();
            TemplateValue key = KeyOf(item, path, call.Flag(0), call.Budget);
            KeyComparer.Check(key, call.Budget);
            if (seen.Add(key))
                yield return item;
        }
    }

    private static TemplateValue Extreme(NativeCall call, bool largest)
    {
        AttributePath? path = PathOf(call[1]);
        TemplateValue? found = null;
        TemplateValue? foundKey = null;
        foreach (TemplateValue item in Members.Iterate(call.Self))
        {
            TemplateValue key = KeyOf(item, path, call.Flag(0), call.Budget);
            int? order = foundKey is null ? null : Ordering.Compare(key, foundKey, largest ? ">" : "<", call.Budget);
            if (foundKey is not null && !(largest ? order > 0 : order < 0))
                continue;
            found = item;
            foundKey = key;
        }
        return found ?? UndefinedValue.Because("No aggregated item, sequence was empty.");
    }

    private static TemplateValue Sum(NativeCall call)
    {
        AttributePath? path = PathOf(call[0]);
        TemplateValue sum = call[1] ?? IntValue.Of(0);
        if (sum is StringValue)
            throw new TemplateException("sum() can't sum strings [use ''.join(seq) instead]");
        foreach (TemplateValue item in Members.Iterate(call.Self))
            sum = Operators.Apply("+", sum, path?.Of(item, call.Budget) ?? item, call.Budget);
        return sum;
    }

    private static IEnumerable<TemplateValue> Batch(NativeCall call)
    {
        int size = call.Integer(0, 1);
        var batch = new List<TemplateValue>();
        foreach (TemplateValue item in Members.Iterate(call.Self))
        {
            call.Budget.Element();
            if (batch.Count == size)
            {
                yield return new ListValue([.. batch]);
                batch.Clear();
            }
            batch.Add(item);
        }
        if (batch.Count == 0)
            yield break;
        if (call[1] is not (null or NoneValue) && batch.Count < size)
        {
            call.Budget.Elements(size);
            batch.AddRange(Enumerable.Repeat(call[1]!, size - batch.Count));
        }
        yield return new ListValue([.. batch]);
    }

    private static IEnumerable<TemplateValue> Slice(NativeCall call)
    {
        TemplateValue[] items = call.SelfItems();
        int slices = call.Integer(0, 1);
        if (slices == 0)
            throw new TemplateException("integer division or modulo by zero");
        int start = 0;
        for (int i = 0; i < slices; i++)
        {
            int length = items.Length / slices + (i < items.Length % slices ? 1 : 0);
            call.Budget.Elements(length + 1L);
            bool fill = call[1] is not (null or NoneValue) && items.Length % slices <= i;
            yield return new ListValue(fill ? [.. items[start..(start + length)], call[1]!] : items[start..(start + length)]);
            start += length;
        }
    }

    private static ListValue GroupBy(NativeCall call)
    {
        var path = new AttributePath(call[0]!, call[1]);
        TemplateValue Key(TemplateValue item) => KeyOf(item, path, call.Flag(2), call.Budget);
        TemplateValue[] sorted = Sorting.Sort(call.SelfItems(), Key, reverse: false, call.Budget);
        var groups = new List<TemplateValue>();
        for (int start = 0; start < sorted.Length;)
        {
            TemplateValue key = Key(sorted[start]);
            int end = start + 1;
            while (end < sorted.Length && Ordering.AreEqual(key, Key(sorted[end]), call.Budget))
                end++;
            call.Budget.Elements(end - start + 2L);
            groups.Add(new GroupValue(path.Of(sorted[start], call.Budget), new ListValue(sorted[start..end])));
            start = end;
        }
        return new ListValue([.. groups]);
    }

    private static GeneratorValue Items(NativeCall call) => call.Self switch
    {
        UndefinedValue => new GeneratorValue([]),
        DictValue dict => new GeneratorValue(new DictViewValue(dict, DictPart.Items).Iterate()!),
        _ => throw new TemplateException("Can only get item pairs from a mapping."),
    };

    private static ListValue SortDict(NativeCall call)
    {
        if (call.Self is not DictValue dict)
            throw call.Refuse($"'{call.Self.TypeName}' object has no attribute 'items'");
        int part = call.Text(1, "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw new TemplateException("You can only sort by either \"key\" or \"value\""),
        };
        var pairs = new DictViewValue(dict, DictPart.Items).Iterate()!.Cast<TupleValue>().ToArray();
        TemplateValue Key(TupleValue pair) => KeyOf(pair.Items[part], null, call.Flag(0), call.Budget);
        return new ListValue(Sorting.Sort(pairs, Key, call.Flag(2), call.Budget));
    }
}
