using Quipu.Templates.BuiltIns;
using Quipu.Templates.Syntax;
using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>Expressions to values.</summary>
internal sealed partial class Interpreter
{
    private TemplateValue Evaluate(Expression expression)
    {
        Budget.Step();
        Budget.EnsureStack();
        return expression switch
        {
            Constant constant => constant.Value,
            Name name => Find(name.Text) ?? UndefinedValue.Name(name.Text),
            Syntax.Attribute attribute => EvaluateAttribute(attribute),
            Item item => EvaluateItem(item),
            Syntax.Comparison comparison => BoolValue.Of(EvaluateComparison(comparison)),
            Arithmetic arithmetic => EvaluateArithmetic(arithmetic),
            Concatenation concatenation => EvaluateConcatenation(concatenation),
            FilterExpression filter => ApplyFilter(filter.Filter, Evaluate(filter.Input)),
            TestExpression test => BoolValue.Of(EvaluateTest(test)),
            CallExpression call => EvaluateCall(call),
            Logical logical => EvaluateLogical(logical),
            Not not => BoolValue.Of(!Evaluate(not.Operand).IsTrue),
            Conditional conditional => EvaluateConditional(conditional),
            Slice slice => EvaluateSlice(slice),
            ListLiteral list => new ListValue(EvaluateAll(list.Items)),
            TupleLiteral tuple => new TupleValue(EvaluateAll(tuple.Items)),
            DictLiteral dict => EvaluateDict(dict),
            Sign sign => EvaluateSign(sign),
            _ => throw new InvalidOperationException($"a {expression.GetType().Name} has no value"),
        };
    }

    /// <summary>A variable, or a function every template has; null where there is neither.</summary>
    private TemplateValue? Find(string name)
    {
        if (_scope.Find(name) is { } local)
            return local;
        if (_variables.TryGetValue(name, out TemplateValue? variable))
            return variable;
        return name == "self" ? new BlocksValue(_template.Blocks) : Globals.Find(name);
    }

    private TemplateValue[] EvaluateAll(Expression[] expressions)
    {
        if (expressions.Length == 0)
            return [];
        Budget.Elements(expressions.Length);
        var values = new TemplateValue[expressions.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = Evaluate(expressions[i]);
        return values;
    }

    private TemplateValue EvaluateAttribute(Syntax.Attribute attribute)
    {
        TemplateValue owner = Evaluate(attribute.Object);
        _position = attribute.Position;
        return Members.GetAttribute(owner, attribute.Key, Budget);
    }

    private TemplateValue EvaluateItem(Item item)
    {
        TemplateValue owner = Evaluate(item.Object);
        TemplateValue key = Evaluate(item.Key);
        _position = item.Position;
        return Members.GetItem(owner, key, Budget);
    }

    private TemplateValue EvaluateSlice(Slice slice)
    {
        TemplateValue owner = Evaluate(slice.Object);
        TemplateValue start = EvaluateBound(slice.Start);
        TemplateValue stop = EvaluateBound(slice.Stop);
        TemplateValue step = EvaluateBound(slice.Step);
        _position = slice.Position;
        return Slicing.Slice(owner, start, stop, step, Budget);
    }

    private TemplateValue EvaluateBound(Expression? bound) => bound is null ? NoneValue.Instance : Evaluate(bound);

    private TemplateValue EvaluateArithmetic(Arithmetic arithmetic)
    {
        TemplateValue left = Evaluate(arithmetic.Left);
        TemplateValue right = Evaluate(arithmetic.Right);
        _position = arithmetic.Position;
        return Operators.Apply(arithmetic.Operator, left, right, Budget);
    }

    private TemplateValue EvaluateSign(Sign sign)
    {
        TemplateValue value = Evaluate(sign.Operand);
        _position = sign.Position;
        return Operators.Sign(sign.Negative, value);
    }

    private StringValue EvaluateConcatenation(Concatenation concatenation)
    {
        var text = new TextBuilder(Budget);
        foreach (Expression part in concatenation.Parts)
        {
            TemplateValue value = Evaluate(part);
            _position = concatenation.Position;
            text.Append(Printer.Text(value, Budget));
        }
        return new StringValue(text.ToString());
    }

    private TemplateValue EvaluateLogical(Logical logical)
    {
        TemplateValue left = Evaluate(logical.Left);
        return left.IsTrue == logical.IsAnd ? Evaluate(logical.Right) : left;
    }

    private TemplateValue EvaluateConditional(Conditional conditional)
    {
        if (Evaluate(conditional.Test).IsTrue)
            return Evaluate(conditional.Then);
        return conditional.Else is not null ? Evaluate(conditional.Else) : UndefinedValue.Because(
            $"the inline if-expression on line {conditional.Position.Line} evaluated to false and no else section was defined.");
    }

    private bool EvaluateComparison(Syntax.Comparison comparison)
    {
        TemplateValue left = Evaluate(comparison.First);
        foreach ((string sign, Expression operand) in comparison.Rest)
        {
            TemplateValue right = Evaluate(operand);
            _position = comparison.Position;
            if (!Holds(sign, left, right))
                return false;
            left = right;
        }
        return true;
    }

    private bool Holds(string sign, TemplateValue left, TemplateValue right) => sign switch
    {
        "==" => Ordering.AreEqual(left, right, Budget),
        "!=" => !Ordering.AreEqual(left, right, Budget),
        "in" => Ordering.Contains(right, left, Budget),
        "not in" => !Ordering.Contains(right, left, Budget),
        "<" => Ordering.Compare(left, right, sign, Budget) < 0,
        "<=" => Ordering.Compare(left, right, sign, Budget) <= 0,
        ">" => Ordering.Compare(left, right, sign, Budget) > 0,
        _ => Ordering.Compare(left, right, sign, Budget) >= 0,
    };

    private bool EvaluateTest(TestExpression test)
    {
        TemplateValue value = Evaluate(test.Input);
        Arguments arguments = Evaluate(test.Arguments);
        _position = test.Position;
        return ApplyTest(test.Name, value, arguments);
    }

    private TemplateValue EvaluateCall(CallExpression call)
    {
        TemplateValue function = Evaluate(call.Function);
        Arguments arguments = Evaluate(call.Arguments);
        _position = call.Position;
        return Call(function, arguments);
    }

    private DictValue EvaluateDict(DictLiteral literal)
    {
        Budget.Elements(2L * literal.Items.Length);
        var dict = new DictValue();
        foreach ((Expression keyExpression, Expression valueExpression) in literal.Items)
        {
            TemplateValue key = Evaluate(keyExpression);
            TemplateValue value = Evaluate(valueExpression);
            _position = literal.Position;
            KeyComparer.Check(key, Budget);
            dict[key] = value;
        }
        return dict;
    }
}
