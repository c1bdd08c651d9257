using Quipu.Templates.Runtime;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>Gives values in turn, over and over.</summary>
internal sealed class CyclerValue : TemplateValue
{
    private static readonly Dictionary<string, NativeFunction> Methods = new()
    {
        ["next"] = new(call => ((CyclerValue)call.Self).Next()),
        ["reset"] = new(call => ((CyclerValue)call.Self).Reset()),
    };

    private readonly TemplateValue[] _values;
    private int _at;

    public CyclerValue(TemplateValue[] values) =>
        _values = values.Length > 0 ? values : throw new TemplateException("at least one item has to be provided");

    internal override string TypeName => "Cycler";

    internal override TemplateValue? GetAttribute(string name) => name == "current" ? _values[_at] : base.GetAttribute(name);

    internal override NativeFunction? FindMethod(string name) => Methods.GetValueOrDefault(name);

    internal override void WriteRepr(TextBuilder text) => text.Append("<Cycler>");

    private TemplateValue Next()
    {
        TemplateValue value = _values[_at];
        _at = (_at + 1) % _values.Length;
        return value;
    }

    private NoneValue Reset()
    {
        _at = 0;
        return NoneValue.Instance;
    }
}

/// <summary>Gives nothing the first time it is called, then a separator.</summary>
internal sealed class JoinerValue(string separator) : CallableValue
{
    private bool _used;

    internal override string TypeName => "Joiner";

    public override TemplateValue Call(Interpreter interpreter, Arguments arguments)
    {
        if (arguments.Positional.Length + arguments.Named.Length > 0)
            throw new TemplateException("a joiner takes no arguments");
        bool first = !_used;
        _used = true;
        return new StringValue(first ? "" : separator);
    }

    internal override void WriteRepr(TextBuilder text) => text.Append("<Joiner>");
}
