using Quipu.Templates.BuiltIns;
using Quipu.Templates.Syntax;
using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>Calls of functions, macros, filters and tests.</summary>
internal sealed partial class Interpreter
{
    /// <summary>Calls a value.</summary>
    public TemplateValue Call(TemplateValue function, Arguments arguments) => function switch
    {
        CallableValue callable => callable.Call(this, arguments),
        UndefinedValue undefined => throw undefined.Error(),
        _ => throw new TemplateException($"'{function.TypeName}' object is not callable"),
    };

    /// <summary>Applies a filter by its name.</summary>
    public TemplateValue ApplyFilter(string name, TemplateValue value, Arguments arguments) =>
        Filters.Find(name) is { } filter
            ? filter.Invoke(this, name, value, arguments)
            : throw new TemplateException($"No filter named '{name}'.");

    /// <summary>Applies a test by its name.</summary>
    public bool ApplyTest(string name, TemplateValue value, Arguments arguments) =>
        Tests.Find(name) is { } test
            ? test.Invoke(this, name, value, arguments).IsTrue
            : throw new TemplateException($"No test named '{name}'.");

    /// <summary>Runs a macro's body in a scope that has its parameters, but for the missing ones, which get their defaults.</summary>
    public TemplateValue CallBody(MacroDefinition definition, List<Parameter> missing, Scope scope) => InCall(() =>
    {
        Scope outer = _scope;
        _scope = scope;
        foreach (Parameter parameter in missing)
            scope.Set(parameter.Name, parameter.Default is { } value
                ? Evaluate(value)
                : UndefinedValue.Because($"parameter '{parameter.Name}' was not provided"));
        Execute(definition.Body);
        _scope = outer;
    });

    /// <summary>Renders a named block by itself.</summary>
    public TemplateValue RenderBlock(NamedBlock block) => InCall(() => ExecuteIn(new Scope(_root), block.Body));

    private StringValue Recurse(For statement, TemplateValue iterable, Scope outer, int depth) =>
        InCall(() => RunLoop(statement, iterable, outer, depth));

    /// <summary>Runs something one call deeper and returns what it printed.</summary>
    private StringValue InCall(Action body)
    {
        if (++_calls > Budget.Limits.MaxCallDepth)
            throw new TemplateException(
                $"maximum recursion depth exceeded: more than {Budget.Limits.MaxCallDepth} macros or loops call each other",
                TemplateErrorKind.Limit);
        TextBuilder output = _output;
        _output = new TextBuilder(Budget);
        body();
        var text = new StringValue(_output.ToString());
        _output = output;
        _calls--;
        return text;
    }

    private TemplateValue ApplyFilter(FilterCall filter, TemplateValue value)
    {
        Arguments arguments = Evaluate(filter.Arguments);
        _position = filter.Position;
        return ApplyFilter(filter.Name, value, arguments);
    }

    private Arguments Evaluate(ArgumentList list)
    {
        if (ReferenceEquals(list, ArgumentList.Empty))
            return Arguments.None;
        TemplateValue[] positional = EvaluateAll(list.Positional);
        var named = Array.ConvertAll(list.Named, pair => (pair.Name, Evaluate(pair.Value)));
        if (list.Spread is not null)
            positional = [.. positional, .. Members.ToArray(Evaluate(list.Spread), Budget)];
        if (list.NamedSpread is not null)
            named = [.. named, .. SpreadNames(Evaluate(list.NamedSpread), named)];
        return new Arguments(positional, named);
    }

    private IEnumerable<(string, TemplateValue)> SpreadNames(TemplateValue value, (string Name, TemplateValue)[] named)
    {
        if (value is not DictValue dict)
            throw (value as UndefinedValue)?.Error() ?? new TemplateException($"argument after ** must be a mapping, not {value.TypeName}");
        Budget.Elements(dict.Count);
        foreach ((TemplateValue key, TemplateValue item) in dict.Items)
        {
            if (key is not StringValue name)
                throw new TemplateException("keywords must be strings");
            if (Array.Exists(named, pair => pair.Name == name.Text))
                throw new TemplateException($"got multiple values for keyword argument '{name.Text}'");
            yield return (name.Text, item);
        }
    }
}
