using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>Which elements a slice takes: from <paramref name="Start"/> in steps, <paramref name="Count"/> of them.</summary>
internal readonly record struct SliceBounds(int Start, int Stop, int Step, int Count);

/// <summary>Indices and slices, which may count from the end.</summary>
internal static class Slicing
{
    /// <summary>The place of an element, or null outside.</summary>
    public static int? Resolve(int index, int count)
    {
        long place = index < 0 ? (long)index + count : index;
        return place >= 0 && place < count ? (int)place : null;
    }

    /// <summary><c>value[start:stop:step]</c>.</summary>
    /// <exception cref="TemplateException">The value cannot be sliced, or a bound is neither integer nor none.</exception>
    public static TemplateValue Slice(TemplateValue value, TemplateValue start, TemplateValue stop, TemplateValue step, Budget budget)
    {
        if (value is UndefinedValue undefined)
            throw undefined.Error();
        if (value is not (StringValue or SequenceValue or RangeValue))
            throw new TemplateException($"'{value.TypeName}' object cannot be sliced");
        SliceBounds bounds = Bounds(Bound(start), Bound(stop), Bound(step), value.Length ?? 0);
        switch (value)
        {
            case RangeValue range:
                return range.Slice(bounds);
            case StringValue text:
                return text.With(Slice(text, bounds, budget));
            default:
                var sequence = (SequenceValue)value;
                budget.Elements(bounds.Count);
                var items = new TemplateValue[bounds.Count];
                for (int i = 0; i < items.Length; i++)
                    items[i] = sequence.Items[bounds.Start + i * bounds.Step];
                return sequence.With(items);
        }
    }

    private static string Slice(StringValue text, SliceBounds bounds, Budget budget)
    {
        if (bounds.Count == 0)
            return "";
        budget.Scan(text.Text.Length);
        if (bounds.Step == 1)
        {
            int from = text.StartOf(bounds.Start);
            int end = text.StartOf(bounds.Start + bounds.Count);
            budget.Text(end - from);
            return text.Text[from..end];
        }
        var part = new TextBuilder(budget);
        for (int i = 0; i < bounds.Count; i++)
        {
            int index = bounds.Start + i * bounds.Step;
            int from = text.StartOf(index);
            part.Append(text.Text.AsSpan(from, text.StartOf(index + 1) - from));
        }
        return part.ToString();
    }

    private static int? Bound(TemplateValue value) => value switch
    {
        NoneValue => null,
        UndefinedValue undefined => throw undefined.Error(),
        _ => value.AsIndex() ?? throw new TemplateException("slice indices must be integers or None or have an __index__ method"),
    };

    private static SliceBounds Bounds(int? start, int? stop, int? step, int count)
    {
        // A step of the smallest integer would not survive its sign being changed.
        int distance = Math.Max(step ?? 1, -int.MaxValue);
        if (distance == 0)
            throw new TemplateException("slice step cannot be zero");
        int low = distance > 0 ? 0 : -1;
        int high = distance > 0 ? count : count - 1;
        int Clip(int? bound, int other) =>
            bound is not { } place ? other : (int)Math.Clamp(place < 0 ? (long)place + count : place, low, high);
        int first = Clip(start, distance > 0 ? low : high);
        int last = Clip(stop, distance > 0 ? high : low);
        long span = distance > 0 ? (long)last - first : (long)first - last;
        int taken = span <= 0 ? 0 : (int)((span - 1) / Math.Abs((long)distance)) + 1;
        return new SliceBounds(first, last, distance, taken);
    }
}
