namespace Quipu.Templates.Runtime;

/// <summary>The variables of a block; those of the blocks around it are seen through it, but not changed.</summary>
internal sealed class Scope(Scope? parent)
{
    private Dictionary<string, TemplateValue>? _values;

    public TemplateValue? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
            if (scope._values is not null && scope._values.TryGetValue(name, out TemplateValue? value))
                return value;
        return null;
    }

    public void Set(string name, TemplateValue value) => (_values ??= [])[name] = value;

    private Scope? Parent => parent;
}
