using Quipu.Templates.BuiltIns;
using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>Arithmetic as Python does it: on integers of any size, floats, and the sums and multiples of texts and lists.</summary>
internal static class Operators
{
    private const int BitsOfStep = 512;

    public static TemplateValue Apply(string sign, TemplateValue left, TemplateValue right, Budget budget)
    {
        if (Special(sign, left, right, budget) is { } value)
            return value;
        if ((left as UndefinedValue ?? right as UndefinedValue) is { } undefined)
            throw undefined.Error();
        if (left.AsInteger() is { } a && right.AsInteger() is { } b)
            return OfIntegers(sign, a, b, budget);
        if (ToFloat(left) is { } x && ToFloat(right) is { } y)
            return new FloatValue(OfFloats(sign, x, y));
        throw Unsupported(sign, left, right);
    }

    public static TemplateValue Sign(bool negative, TemplateValue value) => value switch
    {
        FloatValue number => negative ? new FloatValue(-number.Value) : value,
        UndefinedValue undefined => throw undefined.Error(),
        _ => value.AsInteger() is { } number
            ? IntValue.Of(negative ? -number : number)
            : throw new TemplateException($"bad operand type for unary {(negative ? '-' : '+')}: '{value.TypeName}'"),
    };

    /// <summary>The operators that texts and lists have; null for other operands.</summary>
    private static TemplateValue? Special(string sign, TemplateValue left, TemplateValue right, Budget budget) => (sign, left, right) switch
    {
        ("+", StringValue a, StringValue b) => Markup.Add(a, b, budget),
        ("+", ListValue a, ListValue b) => Join(a, b, budget),
        ("+", TupleValue a, TupleValue b) => Join(a, b, budget),
        ("+", StringValue, not UndefinedValue) =>
            throw new TemplateException($"can only concatenate str (not \"{right.TypeName}\") to str"),
        ("+", SequenceValue, not UndefinedValue) =>
            throw new TemplateException($"can only concatenate {left.TypeName} (not \"{right.TypeName}\") to {left.TypeName}"),
        ("*", StringValue or SequenceValue, IntValue or BoolValue) => Repeat(left, right, budget),
        ("*", IntValue or BoolValue, StringValue or SequenceValue) => Repeat(right, left, budget),
        ("%", StringValue format, _) => Markup.Percent(format, right, budget),
        _ => null,
    };

    private static SequenceValue Join(SequenceValue left, SequenceValue right, Budget budget)
    {
        budget.Elements((long)left.Items.Length + right.Items.Length);
        return left.With([.. left.Items, .. right.Items]);
    }

    private static TemplateValue Repeat(TemplateValue value, TemplateValue times, Budget budget)
    {
        int count = Math.Max(0, times.AsIndex() ?? 0);
        if (value is StringValue text)
        {
            budget.Text((long)text.Text.Length * count);
            return text.With(count == 0 ? "" : new StringBuilder().Insert(0, text.Text, count).ToString());
        }
        var sequence = (SequenceValue)value;
        budget.Elements((long)sequence.Items.Length * count);
        var items = new TemplateValue[sequence.Items.Length * count];
        for (int i = 0; i < items.Length; i++)
            items[i] = sequence.Items[i % sequence.Items.Length];
        return sequence.With(items);
    }

    private static TemplateValue OfIntegers(string sign, BigInteger left, BigInteger right, Budget budget)
    {
        long leftBits = left.GetBitLength();
        long rightBits = right.GetBitLength();
        long steps = leftBits / BitsOfStep * (rightBits / BitsOfStep);
        switch (sign)
        {
            case "+":
                budget.Integer(Math.Max(leftBits, rightBits) + 1, 0);
                return IntValue.Of(left + right);
            case "-":
                budget.Integer(Math.Max(leftBits, rightBits) + 1, 0);
                return IntValue.Of(left - right);
            case "*":
                budget.Integer(leftBits + rightBits, steps);
                return IntValue.Of(left * right);
            case "/":
                budget.Work(steps);
                return new FloatValue(Numbers.Divide(left, right));
            case "//" or "%":
                budget.Integer(leftBits, steps);
                return IntValue.Of(sign == "%" ? Modulo(left, right) : FloorDivide(left, right));
            default:
                return Power(left, right, leftBits, budget);
        }
    }

    private static BigInteger FloorDivide(BigInteger left, BigInteger right)
    {
        if (right.IsZero)
            throw new TemplateException("integer division or modulo by zero");
        var quotient = BigInteger.DivRem(left, right, out BigInteger rest);
        return !rest.IsZero && rest.Sign != right.Sign ? quotient - 1 : quotient;
    }

    private static BigInteger Modulo(BigInteger left, BigInteger right)
    {
        if (right.IsZero)
            throw new TemplateException("integer modulo by zero");
        var rest = BigInteger.Remainder(left, right);
        return !rest.IsZero && rest.Sign != right.Sign ? rest + right : rest;
    }

    private static TemplateValue Power(BigInteger left, BigInteger right, long bits, Budget budget)
    {
        if (right.Sign < 0)
            return new FloatValue(OfFloats("**", Numbers.ToDouble(left), Numbers.ToDouble(right)));
        if (BigInteger.Abs(left) <= 1)
            return IntValue.Of(left.IsOne || right.IsZero ? 1 : left.IsZero ? 0 : right.IsEven ? 1 : -1);
        if (right > budget.Limits.MaxIntegerBits)
            budget.Integer(long.MaxValue, 0);
        long size = bits * (long)right;
        budget.Integer(size, size / BitsOfStep * (size / BitsOfStep));
        return IntValue.Of(BigInteger.Pow(left, (int)right));
    }

    private static double OfFloats(string sign, double left, double right) => sign switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => right != 0 ? left / right : throw new TemplateException("float division by zero"),
        "//" => FloorDivide(left, right),
        "%" => right != 0 ? Modulo(left, right) : throw new TemplateException("float modulo"),
        _ => Power(left, right),
    };

    private static double Modulo(double left, double right)
    {
        double rest = left % right;
        if (rest == 0)
            return Math.CopySign(0, right);
        return (rest < 0) != (right < 0) ? rest + right : rest;
    }

    private static double FloorDivide(double left, double right)
    {
        if (right == 0)
            throw new TemplateException("float floor division by zero");
        double rest = left % right;
        double quotient = (left - rest) / right;
        if (rest != 0 && (rest < 0) != (right < 0))
            quotient--;
        double floor = Math.Floor(quotient);
        if (quotient == 0)
            return Math.CopySign(0, left / right);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double Power(double left, double right)
    {
        if (left == 0 && right < 0)
            throw new TemplateException("0.0 cannot be raised to a negative power");
        double result = Math.Pow(left, right);
        if (double.IsNaN(result) && !double.IsNaN(left) && !double.IsNaN(right))
            throw new TemplateException("a negative number cannot be raised to a fraction: complex numbers are not supported");
        if (double.IsInfinity(result) && double.IsFinite(left) && double.IsFinite(right))
            throw new TemplateException("Numerical result out of range");
        return result;
    }

    private static double? ToFloat(TemplateValue value) => value switch
    {
        FloatValue number => number.Value,
        _ => value.AsInteger() is { } number ? Numbers.ToDouble(number) : null,
    };

    private static TemplateException Unsupported(string sign, TemplateValue left, TemplateValue right)
    {
        if (sign == "*" && left is StringValue or SequenceValue)
            return new TemplateException($"can't multiply sequence by non-int of type '{right.TypeName}'");
        return new TemplateException($"unsupported operand type(s) for {sign}: '{left.TypeName}' and '{right.TypeName}'");
    }
}
