using Quipu.Templates.BuiltIns;
using Quipu.Templates.Runtime;
using Quipu.Templates.Text;

namespace Quipu.Templates.Values;

/// <summary>Integers at equal distances, made as they are asked for.</summary>
internal sealed class RangeValue(BigInteger start, BigInteger stop, BigInteger step) : TemplateValue
{
    private readonly int _count = (int)BigInteger.Min(CountOf(start, stop, step), int.MaxValue);

    public int Count => _count;

    internal override string TypeName => "range";

    internal override bool IsTrue => _count > 0;

    internal override int? Length => _count;

    /// <summary>How many integers lie in a range.</summary>
    public static BigInteger CountOf(BigInteger start, BigInteger stop, BigInteger step)
    {
        BigInteger distance = step.Sign > 0 ? stop - start : start - stop;
        return distance.Sign <= 0 ? 0 : (distance - 1) / BigInteger.Abs(step) + 1;
    }

    public IntValue At(int index) => IntValue.Of(start + step * index);

    /// <summary>The range of every so many of its integers.</summary>
    public RangeValue Slice(SliceBounds bounds)
    {
        BigInteger first = start + step * bounds.Start;
        return new RangeValue(first, start + step * bounds.Stop, step * bounds.Step);
    }

    public bool Contains(BigInteger value)
    {
        BigInteger distance = value - start;
        return (distance % step).IsZero && distance / step >= 0 && distance / step < _count;
    }

    public bool SameAs(RangeValue other) => _count == other._count
        && (_count == 0 || (At(0).Value == other.At(0).Value && At(_count - 1).Value == other.At(_count - 1).Value));

    internal override IEnumerable<TemplateValue> Iterate()
    {
        for (int i = 0; i < _count; i++)
            yield return At(i);
    }

    internal override TemplateValue? GetItem(TemplateValue key, Budget budget) =>
        key.AsIndex() is { } index && Slicing.Resolve(index, _count) is { } place ? At(place) : null;

    internal override TemplateValue? GetAttribute(string name) => name switch
    {
        "start" => IntValue.Of(start),
        "stop" => IntValue.Of(stop),
        "step" => IntValue.Of(step),
        _ => base.GetAttribute(name),
    };

    internal override NativeFunction? FindMethod(string name) => CollectionMethods.OfTuple.GetValueOrDefault(name);

    internal override void WriteRepr(TextBuilder text)
    {
        text.Append("range(").Append(IntegerText.Format(start)).Append(", ").Append(IntegerText.Format(stop));
        if (!step.IsOne)
            text.Append(", ").Append(IntegerText.Format(step));
        text.Append(')');
    }
}
