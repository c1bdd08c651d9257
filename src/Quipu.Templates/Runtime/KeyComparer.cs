using System.Runtime.CompilerServices;
using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>Compares the keys of dicts: equal numbers are one key, whatever their type.</summary>
internal sealed class KeyComparer : IEqualityComparer<TemplateValue>
{
    /// <summary>Tuples nested deeper than this are no keys: their hashes are computed without a budget.</summary>
    private const int MaxDepth = 50;

    public static readonly KeyComparer Instance = new();

    /// <summary>Charges for hashing a value.</summary>
    /// <exception cref="TemplateException">The value cannot be a key.</exception>
    public static void Check(TemplateValue key, Budget budget)
    {
        if (UnhashableType(key, budget) is { } type)
            throw new TemplateException($"unhashable type: '{type}'");
    }

    /// <summary>The type that keeps a value from being a key, or null when it can be one.</summary>
    public static string? UnhashableType(TemplateValue key, Budget budget, int depth = 0)
    {
        budget.Step();
        if (depth > MaxDepth)
            throw new TemplateException($"a key is a tuple nested deeper than {MaxDepth} levels", TemplateErrorKind.Limit);
        if (key is StringValue text)
            budget.Scan(text.Text.Length);
        if (key is not TupleValue tuple)
            return key is ListValue or DictValue or DictViewValue { Part: not DictPart.Values } ? key.TypeName : null;
        foreach (TemplateValue item in tuple.Items)
            if (UnhashableType(item, budget, depth + 1) is { } type)
                return type;
        return null;
    }

    public bool Equals(TemplateValue? x, TemplateValue? y) => x is not null && y is not null && Ordering.AreEqual(x, y, budget: null);

    public int GetHashCode(TemplateValue obj) => obj switch
    {
        StringValue text => text.Text.GetHashCode(StringComparison.Ordinal),
        FloatValue number => HashOf(number.Value),
        IntValue or BoolValue => HashCode.Combine(obj.AsInteger()),
        TupleValue tuple => HashOf(tuple.Items),
        RangeValue range => HashCode.Combine(range.Count, range.Count > 0 ? range.At(0).Value : 0),
        UndefinedValue or NoneValue => obj.TypeName.Length,
        _ => RuntimeHelpers.GetHashCode(obj),
    };

    private static int HashOf(double value) => double.IsInteger(value)
        ? HashCode.Combine<BigInteger?>(new BigInteger(value))
        : HashCode.Combine(value);

    private int HashOf(TemplateValue[] items)
    {
        var hash = new HashCode();
        foreach (TemplateValue item in items)
            hash.Add(GetHashCode(item));
        return hash.ToHashCode();
    }
}
