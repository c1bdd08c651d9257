using Quipu.Templates.Runtime;

namespace Quipu.Templates.Values;

/// <summary>The one value a template can change: named attributes that keep their values from round to round of a loop.</summary>
internal sealed class NamespaceValue : TemplateValue
{
    private readonly OrderedDictionary<string, TemplateValue> _attributes = [];

    internal override string TypeName => "Namespace";

    public void Set(string name, TemplateValue value, Budget budget)
    {
        if (name.StartsWith('_'))
            throw new TemplateException($"underscore-prefixed namespace attribute '{name}'");
        budget.Element();
        _attributes[name] = value;
    }

    internal override TemplateValue? GetAttribute(string name) => _attributes.GetValueOrDefault(name);

    internal override void WriteRepr(TextBuilder text)
    {
        var dict = new DictValue();
        foreach ((string name, TemplateValue value) in _attributes)
            dict[new StringValue(name)] = value;
        text.Append("<Namespace ");
        Printer.WriteDict(text, dict);
        text.Append('>');
    }
}
