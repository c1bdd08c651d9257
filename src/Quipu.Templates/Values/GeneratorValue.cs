using Quipu.Templates.Runtime;

namespace Quipu.Templates.Values;

/// <summary>Values that are made one by one when they are asked for, and only once.</summary>
/// <param name="source">Makes the values.</param>
/// <param name="typeName">The type's name in messages.</param>
internal sealed class GeneratorValue(IEnumerable<TemplateValue> source, string typeName = "generator") : TemplateValue
{
    private IEnumerator<TemplateValue>? _values;
    private bool _running;

    internal override string TypeName => typeName;

    internal override IEnumerable<TemplateValue> Iterate()
    {
        while (TryNext(out TemplateValue? value))
            yield return value;
    }

    internal override void WriteRepr(TextBuilder text) => text.Append('<').Append(typeName).Append(" object>");

    private bool TryNext([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TemplateValue? value)
    {
        // A generator may draw on another one, and so on.
        Budget.EnsureStack();
        if (_running)
            throw new TemplateException("generator already executing");
        _running = true;
        _values ??= source.GetEnumerator();
        value = _values.MoveNext() ? _values.Current : null;
        _running = false;
        return value is not null;
    }
}
