using Quipu.Templates.Runtime;

namespace Quipu.Templates.Values;

/// <summary>Values that are made one by one when they are asked for, and only once.</summary>
internal sealed class GeneratorValue : TemplateValue
{
    private readonly IEnumerable<TemplateValue> _source;
    private readonly string _typeName;
    private readonly int _depth;
    private IEnumerator<TemplateValue>? _values;
    private bool _running;

    /// <summary>Makes a generator.</summary>
    /// <param name="source">Makes the values.</param>
    /// <param name="typeName">The type's name in messages.</param>
    /// <param name="over">What the values are made of, or null.</param>
    /// <exception cref="TemplateException">Generators draw on one another more deeply than <see cref="Budget.MaxValueDepth"/>.</exception>
    public GeneratorValue(IEnumerable<TemplateValue> source, string typeName = "generator", TemplateValue? over = null)
    {
        (_source, _typeName) = (source, typeName);
        _depth = over is GeneratorValue below ? below._depth + 1 : 1;
        Budget.EnsureDepth(_depth);
    }

    internal override string TypeName => _typeName;

    internal override IEnumerable<TemplateValue> Iterate()
    {
        while (TryNext(out TemplateValue? value))
            yield return value;
    }

    internal override void WriteRepr(TextBuilder text) => text.Append('<').Append(_typeName).Append(" object>");

    private bool TryNext([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TemplateValue? value)
    {
        // A generator may draw on another one, and so on.
        Budget.EnsureStack();
        if (_running)
            throw new TemplateException("generator already executing");
        _running = true;
        _values ??= _source.GetEnumerator();
        value = _values.MoveNext() ? _values.Current : null;
        _running = false;
        return value is not null;
    }
}
