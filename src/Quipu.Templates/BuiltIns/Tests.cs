using Quipu.Templates.Runtime;
using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>What may stand after <c>is</c>.</summary>
internal static class Tests
{
    private static readonly NativeFunction Equal = Compare((a, b, budget) => Ordering.AreEqual(a, b, budget));
    private static readonly NativeFunction NotEqual = Compare((a, b, budget) => !Ordering.AreEqual(a, b, budget));
    private static readonly NativeFunction Less = Compare((a, b, budget) => Ordering.Compare(a, b, "<", budget) < 0);
    private static readonly NativeFunction LessOrEqual = Compare((a, b, budget) => Ordering.Compare(a, b, "<=", budget) <= 0);
    private static readonly NativeFunction Greater = Compare((a, b, budget) => Ordering.Compare(a, b, ">", budget) > 0);
    private static readonly NativeFunction GreaterOrEqual = Compare((a, b, budget) => Ordering.Compare(a, b, ">=", budget) >= 0);

    private static readonly Dictionary<string, NativeFunction> Table = new()
    {
        ["defined"] = Is(value => value is not UndefinedValue),
        ["undefined"] = Is(value => value is UndefinedValue),
        ["none"] = Is(value => value is NoneValue),
        ["boolean"] = Is(value => value is BoolValue),
        ["true"] = Is(value => ReferenceEquals(value, BoolValue.True)),
        ["false"] = Is(value => ReferenceEquals(value, BoolValue.False)),
        ["integer"] = Is(value => value is IntValue),
        ["float"] = Is(value => value is FloatValue),
        ["number"] = Is(value => value is IntValue or FloatValue or BoolValue),
        ["string"] = Is(value => value is StringValue),
        ["mapping"] = Is(value => value is DictValue),
        ["sequence"] = Is(value => value is StringValue or SequenceValue or DictValue or RangeValue or UndefinedValue),
        ["iterable"] = Is(value => value.Iterate() is not null || value is LoopValue),
        ["callable"] = Is(value => value is CallableValue or UndefinedValue),
        ["escaped"] = Is(value => value is StringValue { IsMarkup: true }),
        ["lower"] = new(call => BoolValue.Of(CaseMapping.IsAll(call.SelfText(), upper: false))),
        ["upper"] = new(call => BoolValue.Of(CaseMapping.IsAll(call.SelfText(), upper: true))),
        ["odd"] = new(call => BoolValue.Of(IsDivisible(call, IntValue.Of(2), 1))),
        ["even"] = new(call => BoolValue.Of(IsDivisible(call, IntValue.Of(2), 0))),
        ["divisibleby"] = new(call => BoolValue.Of(IsDivisible(call, call[0]!, 0)), "num") { Required = 1 },
        ["sameas"] = Compare((a, b, _) => Ordering.AreSame(a, b)),
        ["in"] = Compare((a, b, budget) => Ordering.Contains(b, a, budget)),
        ["filter"] = new(call => BoolValue.Of(call.Self is StringValue name && Filters.Exists(name.Text))),
        ["test"] = new(call => BoolValue.Of(call.Self is StringValue name && Exists(name.Text))),
        ["=="] = Equal,
        ["eq"] = Equal,
        ["equalto"] = Equal,
        ["!="] = NotEqual,
        ["ne"] = NotEqual,
        ["<"] = Less,
        ["lt"] = Less,
        ["lessthan"] = Less,
        ["<="] = LessOrEqual,
        ["le"] = LessOrEqual,
        [">"] = Greater,
        ["gt"] = Greater,
        ["greaterthan"] = Greater,
        [">="] = GreaterOrEqual,
        ["ge"] = GreaterOrEqual,
    };

    public static bool Exists(string name) => Table.ContainsKey(name);

    public static NativeFunction? Find(string name) => Table.GetValueOrDefault(name);

    private static NativeFunction Is(Func<TemplateValue, bool> test) => new(call => BoolValue.Of(test(call.Self)));

    private static NativeFunction Compare(Func<TemplateValue, TemplateValue, Budget, bool> test) =>
        new(call => BoolValue.Of(test(call.Self, call[0]!, call.Budget)), "other") { Required = 1 };

    private static bool IsDivisible(NativeCall call, TemplateValue divisor, int rest) =>
        Ordering.AreEqual(Operators.Apply("%", call.Self, divisor, call.Budget), IntValue.Of(rest), call.Budget);
}
