using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>Equality, order and membership as Python defines them.</summary>
internal static class Ordering
{
    /// <summary>Whether two values are equal. Values of different kinds are not, except numbers and truth values.</summary>
    public static bool AreEqual(TemplateValue left, TemplateValue right, Budget? budget) => AreEqual(left, right, budget, depth: 0);

    private static bool AreEqual(TemplateValue left, TemplateValue right, Budget? budget, int depth)
    {
        budget?.Step();
        if (left is FloatValue || right is FloatValue)
            return left.AsNumber() is { } a && right.AsNumber() is { } b && CompareNumbers(a, b) == 0;
        if (ReferenceEquals(left, right))
            return true;
        Budget.EnsureDepth(depth);
        switch (left, right)
        {
            case (StringValue a, StringValue b):
                if (a.Text.Length == b.Text.Length)
                    budget?.Scan(a.Text.Length);
                return a.Text == b.Text;
            case (IntValue or BoolValue, IntValue or BoolValue):
                return left.AsInteger() == right.AsInteger();
            case (ListValue a, ListValue b):
                return AreEqual(a.Items, b.Items, budget, depth);
            case (TupleValue a, TupleValue b):
                return AreEqual(a.Items, b.Items, budget, depth);
            case (DictValue a, DictValue b):
                return AreEqual(a, b, budget, depth);
            case (DictViewValue { Part: DictPart.Keys } a, DictViewValue { Part: DictPart.Keys } b):
                return SameKeys(a.Source, b.Source);
            case (DictViewValue { Part: DictPart.Items } a, DictViewValue { Part: DictPart.Items } b):
                return AreEqual(a.Source, b.Source, budget, depth);
            case (RangeValue a, RangeValue b):
                return a.SameAs(b);
            default:
                return left is UndefinedValue && right is UndefinedValue;
        }
    }

    /// <summary>Less than zero, zero, or more, as the left value comes before, is equal to, or comes after the right one.</summary>
    /// <param name="left">The left value.</param>
    /// <param name="right">The right value.</param>
    /// <param name="sign">The operator for the error when the types have no order.</param>
    /// <param name="budget">What the work is charged to.</param>
    /// <returns>The order; null when a NaN makes every comparison false.</returns>
    public static int? Compare(TemplateValue left, TemplateValue right, string sign, Budget budget) =>
        Compare(left, right, sign, budget, depth: 0);

    private static int? Compare(TemplateValue left, TemplateValue right, string sign, Budget budget, int depth)
    {
        budget.Step();
        Budget.EnsureDepth(depth);
        switch (left, right)
        {
            case (StringValue a, StringValue b):
                budget.Scan(Math.Min(a.Text.Length, b.Text.Length));
                return CompareText(a.Text, b.Text);
            case (ListValue a, ListValue b):
                return CompareItems(a.Items, b.Items, sign, budget, depth + 1);
            case (TupleValue a, TupleValue b):
                return CompareItems(a.Items, b.Items, sign, budget, depth + 1);
        }
        if (left.AsNumber() is { } x && right.AsNumber() is { } y)
            return CompareNumbers(x, y);
        throw (left as UndefinedValue ?? right as UndefinedValue)?.Error() ?? new TemplateException(
            $"'{sign}' not supported between instances of '{left.TypeName}' and '{right.TypeName}'");
    }

    /// <summary>Whether the left value comes before the right one.</summary>
    public static bool IsLess(TemplateValue left, TemplateValue right, Budget budget) => Compare(left, right, "<", budget) < 0;

    /// <summary>Whether a collection has an element, a dict a key, or a text a part.</summary>
    public static bool Contains(TemplateValue collection, TemplateValue value, Budget budget)
    {
        switch (collection)
        {
            case StringValue text:
                if (value is not StringValue part)
                    throw (value as UndefinedValue)?.Error()
                        ?? new TemplateException($"'in <string>' requires string as left operand, not {value.TypeName}");
                budget.Search(text.Text.Length, part.Text.Length);
                return text.Text.Contains(part.Text, StringComparison.Ordinal);
            case DictValue dict:
                return dict.Find(value, budget) is not null;
            case DictViewValue { Part: DictPart.Keys } keys:
                return keys.Source.Find(value, budget) is not null;
            case RangeValue range when value.AsInteger() is { } number:
                return range.Contains(number);
        }
        IEnumerable<TemplateValue> items = collection.Iterate()
            ?? throw new TemplateException($"argument of type '{collection.TypeName}' is not iterable");
        foreach (TemplateValue item in items)
            if (ReferenceEquals(item, value) || AreEqual(item, value, budget))
                return true;
        return false;
    }

    /// <summary>Whether two values are one and the same, as far as values without identity can be.</summary>
    public static bool AreSame(TemplateValue left, TemplateValue right) => (left, right) switch
    {
        (IntValue a, IntValue b) => a.Value == b.Value,
        (FloatValue a, FloatValue b) => a.Value.Equals(b.Value),
        (StringValue a, StringValue b) => a.IsMarkup == b.IsMarkup && a.Text == b.Text,
        (TupleValue { Items.Length: 0 }, TupleValue { Items.Length: 0 }) => true,
        _ => ReferenceEquals(left, right),
    };

    /// <summary>Orders texts by code point; UTF-16 order differs where surrogates meet the last characters of the BMP.</summary>
    public static int CompareText(string left, string right)
    {
        int same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
            return left.Length.CompareTo(right.Length);
        char a = left[same];
        char b = right[same];
        bool surrogates = char.IsSurrogate(a);
        return surrogates != char.IsSurrogate(b) ? surrogates.CompareTo(char.IsSurrogate(b)) : a.CompareTo(b);
    }

    private static bool AreEqual(TemplateValue[] left, TemplateValue[] right, Budget? budget, int depth)
    {
        if (left.Length != right.Length)
            return false;
        for (int i = 0; i < left.Length; i++)
            if (!ReferenceEquals(left[i], right[i]) && !AreEqual(left[i], right[i], budget, depth + 1))
                return false;
        return true;
    }

    private static bool AreEqual(DictValue left, DictValue right, Budget? budget, int depth)
    {
        if (left.Count != right.Count)
            return false;
        foreach ((TemplateValue key, TemplateValue value) in left.Items)
            if (right.Find(key) is not { } other || (!ReferenceEquals(value, other) && !AreEqual(value, other, budget, depth + 1)))
                return false;
        return true;
    }

    private static bool SameKeys(DictValue left, DictValue right) =>
        left.Count == right.Count && left.Items.All(item => right.Find(item.Key) is not null);

    private static int? CompareItems(TemplateValue[] left, TemplateValue[] right, string sign, Budget budget, int depth)
    {
        int shorter = Math.Min(left.Length, right.Length);
        for (int i = 0; i < shorter; i++)
            if (!ReferenceEquals(left[i], right[i]) && !AreEqual(left[i], right[i], budget, depth))
                return Compare(left[i], right[i], sign, budget, depth);
        return left.Length.CompareTo(right.Length);
    }

    /// <summary>An integer's or float's value.</summary>
    private static (BigInteger? Integer, double Float)? AsNumber(this TemplateValue value) => value switch
    {
        FloatValue number => (null, number.Value),
        IntValue or BoolValue => (value.AsInteger(), 0),
        _ => null,
    };

    private static int? CompareNumbers((BigInteger? Integer, double Float) left, (BigInteger? Integer, double Float) right)
    {
        if (double.IsNaN(left.Float) || double.IsNaN(right.Float))
            return null;
        return (left.Integer, right.Integer) switch
        {
            ({ } a, { } b) => a.CompareTo(b),
            ({ } a, null) => Numbers.Compare(a, right.Float),
            (null, { } b) => -Numbers.Compare(b, left.Float),
            _ => left.Float == right.Float ? 0 : left.Float < right.Float ? -1 : 1,
        };
    }
}
