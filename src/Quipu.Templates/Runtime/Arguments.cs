using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>The evaluated arguments of a call.</summary>
internal sealed record Arguments(TemplateValue[] Positional, (string Name, TemplateValue Value)[] Named)
{
    public static Arguments None { get; } = new([], []);

    public TemplateValue? Find(string name)
    {
        foreach ((string key, TemplateValue value) in Named)
            if (key == name)
                return value;
        return null;
    }

    /// <summary>The arguments after the first ones.</summary>
    public Arguments Skip(int count) => new(Positional[count..], Named);

    /// <summary>The named arguments as a dict.</summary>
    public DictValue NamedAsDict()
    {
        var dict = new DictValue();
        foreach ((string name, TemplateValue value) in Named)
            dict[new StringValue(name)] = value;
        return dict;
    }
}
