using Quipu.Templates.BuiltIns;
using Quipu.Templates.Runtime;
using Quipu.Templates.Text;

namespace Quipu.Templates.Values;

/// <summary>None.</summary>
internal sealed class NoneValue : TemplateValue
{
    public static readonly NoneValue Instance = new();

    internal override string TypeName => "NoneType";

    internal override bool IsTrue => false;

    internal override void WriteRepr(TextBuilder text) => text.Append("None");
}

/// <summary>True or false, which also count as 1 and 0.</summary>
internal sealed class BoolValue : TemplateValue
{
    public static readonly BoolValue True = new(true);
    public static readonly BoolValue False = new(false);

    private readonly bool _value;

    private BoolValue(bool value) => _value = value;

    public static BoolValue Of(bool value) => value ? True : False;

    internal override string TypeName => "bool";

    internal override bool IsTrue => _value;

    internal override BigInteger? AsInteger() => _value ? 1 : 0;

    internal override void WriteRepr(TextBuilder text) => text.Append(_value ? "True" : "False");

    internal override TemplateValue? GetAttribute(string name) => IntValue.Of(_value ? 1 : 0).GetAttribute(name);
}

/// <summary>An integer of any size.</summary>
internal sealed class IntValue : TemplateValue
{
    private static readonly IntValue[] Small = [.. Enumerable.Range(-1, 130).Select(i => new IntValue(i))];

    private IntValue(BigInteger value) => Value = value;

    public BigInteger Value { get; }

    public static IntValue Of(BigInteger value) =>
        value >= -1 && value < Small.Length - 1 ? Small[(int)value + 1] : new IntValue(value);

    public static IntValue Of(long value) =>
        value >= -1 && value < Small.Length - 1 ? Small[value + 1] : new IntValue(value);

    internal override string TypeName => "int";

    internal override bool IsTrue => !Value.IsZero;

    internal override BigInteger? AsInteger() => Value;

    internal override void WriteRepr(TextBuilder text) => text.Append(IntegerText.Format(Value));

    internal override TemplateValue? GetAttribute(string name) => name switch
    {
        "real" or "numerator" => this,
        "imag" => Of(0),
        "denominator" => Of(1),
        _ => base.GetAttribute(name),
    };

    internal override NativeFunction? FindMethod(string name) => NumberMethods.OfInteger.GetValueOrDefault(name);
}

/// <summary>A float of 64 bits.</summary>
internal sealed class FloatValue(double value) : TemplateValue
{
    public double Value => value;

    internal override string TypeName => "float";

    internal override bool IsTrue => value != 0;

    internal override void WriteRepr(TextBuilder text) => text.Append(FloatText.Repr(value));

    internal override TemplateValue? GetAttribute(string name) => name switch
    {
        "real" => this,
        "imag" => new FloatValue(0),
        _ => base.GetAttribute(name),
    };

    internal override NativeFunction? FindMethod(string name) => NumberMethods.OfFloat.GetValueOrDefault(name);

    /// <summary>The integer part.</summary>
    /// <exception cref="TemplateException">The float is infinite or no number.</exception>
    public static BigInteger Truncate(double value) => double.IsFinite(value)
        ? new BigInteger(value)
        : throw new TemplateException($"cannot convert float {(double.IsNaN(value) ? "NaN" : "infinity")} to integer");
}
