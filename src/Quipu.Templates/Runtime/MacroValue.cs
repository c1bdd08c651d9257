using Quipu.Templates.Syntax;
using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>A macro, or the body of a call block, with the scope it was defined in.</summary>
internal sealed class MacroValue(MacroDefinition definition, Scope closure) : CallableValue
{
    internal override string TypeName => "Macro";

    private string Name => definition.Name is null ? "anonymous macro" : $"macro '{definition.Name}'";

    public override TemplateValue Call(Interpreter interpreter, Arguments arguments)
    {
        var scope = new Scope(closure);
        var named = new List<(string Name, TemplateValue Value)>(arguments.Named);
        Parameter[] parameters = definition.Parameters;
        int given = Math.Min(arguments.Positional.Length, parameters.Length);
        var missing = new List<Parameter>();
        for (int i = 0; i < parameters.Length; i++)
            if (i < given)
                scope.Set(parameters[i].Name, arguments.Positional[i]);
            else if (Take(named, parameters[i].Name) is { } value)
                scope.Set(parameters[i].Name, value);
            else
                missing.Add(parameters[i]);
        BindSpecials(scope, named, arguments.Positional[given..]);
        return interpreter.CallBody(definition, missing, scope);
    }

    /// <summary>Binds <c>caller</c>, <c>kwargs</c> and <c>varargs</c> where the body reads them; otherwise nothing may be left.</summary>
    private void BindSpecials(Scope scope, List<(string Name, TemplateValue Value)> named, TemplateValue[] rest)
    {
        if (definition.ReadsCaller)
            scope.Set("caller", Take(named, "caller") ?? UndefinedValue.Because("No caller defined"));
        if (definition.ReadsKwargs)
            scope.Set("kwargs", new Arguments([], [.. named]).NamedAsDict());
        else if (named.Count > 0)
            throw new TemplateException(named[0].Name == "caller"
                ? $"{Name} does not use its caller, so it cannot be used in a call block"
                : $"{Name} takes no keyword argument '{named[0].Name}'");
        if (definition.ReadsVarargs)
            scope.Set("varargs", new TupleValue(rest));
        else if (rest.Length > 0)
            throw new TemplateException($"{Name} takes not more than {definition.Parameters.Length} argument(s)");
    }

    private static TemplateValue? Take(List<(string Name, TemplateValue Value)> named, string name)
    {
        int index = named.FindIndex(pair => pair.Name == name);
        if (index < 0)
            return null;
        TemplateValue value = named[index].Value;
        named.RemoveAt(index);
        return value;
    }

    internal override TemplateValue? GetAttribute(string name) => name switch
    {
        "name" => From(definition.Name),
        "arguments" => new TupleValue([.. definition.Parameters.Select(p => new StringValue(p.Name))]),
        "catch_kwargs" => BoolValue.Of(definition.ReadsKwargs),
        "catch_varargs" => BoolValue.Of(definition.ReadsVarargs),
        "caller" => BoolValue.Of(definition.ReadsCaller),
        _ => base.GetAttribute(name),
    };

    internal override void WriteRepr(TextBuilder text) => text.Append('<').Append(Name).Append('>');
}
