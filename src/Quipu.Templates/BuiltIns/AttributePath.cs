using Quipu.Templates.Runtime;
using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>What filters mean by an attribute: a key, an index, or several of them with dots between.</summary>
/// <param name="attribute">A string or an integer.</param>
/// <param name="other">What stands for a missing attribute, or null.</param>
internal sealed class AttributePath(TemplateValue attribute, TemplateValue? other = null)
{
    private readonly TemplateValue[] _parts = attribute is StringValue text ? [.. text.Text.Split('.').Select(Part)] : [attribute];
    private readonly TemplateValue? _other = other is NoneValue ? null : other;

    /// <summary>The value at the path in an item.</summary>
    public TemplateValue Of(TemplateValue item, Budget budget)
    {
        foreach (TemplateValue part in _parts)
        {
            item = Members.GetItem(item, part, budget);
            if (_other is not null && item is UndefinedValue)
                item = _other;
        }
        return item;
    }

    /// <summary>The paths in a text with commas.</summary>
    public static AttributePath[] SplitList(TemplateValue? attribute) => attribute switch
    {
        null or NoneValue => [],
        StringValue text => [.. text.Text.Split(',').Select(part => new AttributePath(new StringValue(part)))],
        _ => [new AttributePath(attribute)],
    };

    /// <summary>A part of a path: an index where it has digits only.</summary>
    public static TemplateValue Part(string name) =>
        IntegerText.TryParse(name, 10, out BigInteger index) ? IntValue.Of(index) : new StringValue(name);
}
