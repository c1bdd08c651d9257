using Quipu.Templates.Runtime;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>The filters that apply a filter or test to every element. They work when their elements are asked for.</summary>
internal static class SelectionFilters
{
    public static readonly Dictionary<string, NativeFunction> Table = new()
    {
        ["map"] = new(call => new GeneratorValue(Map(call), over: call.Self)) { IsVariadic = true },
        ["select"] = new(call => new GeneratorValue(Select(call, byAttribute: false, wanted: true), over: call.Self)) { IsVariadic = true },
        ["reject"] = new(call => new GeneratorValue(Select(call, byAttribute: false, wanted: false), over: call.Self)) { IsVariadic = true },
        ["selectattr"] = new(call => new GeneratorValue(Select(call, byAttribute: true, wanted: true), over: call.Self)) { IsVariadic = true },
        ["rejectattr"] = new(call => new GeneratorValue(Select(call, byAttribute: true, wanted: false), over: call.Self)) { IsVariadic = true },
    };

    private static IEnumerable<TemplateValue> Map(NativeCall call)
    {
        if (!call.Self.IsTrue)
            yield break;
        Func<TemplateValue, TemplateValue> map = MapOf(call);
        foreach (TemplateValue item in Members.Iterate(call.Self))
        {
            call.Budget.Step();
            yield return map(item);
        }
    }

    private static Func<TemplateValue, TemplateValue> MapOf(NativeCall call)
    {
        Arguments arguments = call.Arguments;
        if (arguments.Positional.Length == 0 && arguments.Find("attribute") is { } attribute)
        {
            if (Array.Find(arguments.Named, pair => pair.Name is not ("attribute" or "default")).Name is { } unknown)
                throw new TemplateException($"Unexpected keyword argument '{unknown}'");
            var path = new AttributePath(attribute, arguments.Find("default"));
            return item => path.Of(item, call.Budget);
        }
        if (arguments.Positional.Length == 0)
            throw new TemplateException("map requires a filter argument");
        string name = NameOf(arguments.Positional[0], "filter");
        Arguments rest = arguments.Skip(1);
        return item => call.Interpreter.ApplyFilter(name, item, rest);
    }

    private static IEnumerable<TemplateValue> Select(NativeCall call, bool byAttribute, bool wanted)
    {
        if (!call.Self.IsTrue)
            yield break;
        TemplateValue[] given = call.Arguments.Positional;
        if (byAttribute && given.Length == 0)
            throw new TemplateException("Missing parameter for attribute name");
        AttributePath? path = byAttribute ? new AttributePath(given[0]) : null;
        int skipped = byAttribute ? 1 : 0;
        string? test = given.Length > skipped ? NameOf(given[skipped], "test") : null;
        Arguments rest = call.Arguments.Skip(Math.Min(skipped + 1, given.Length));
        foreach (TemplateValue item in Members.Iterate(call.Self))
        {
            call.Budget.Step();
            TemplateValue value = path?.Of(item, call.Budget) ?? item;
            if ((test is null ? value.IsTrue : call.Interpreter.ApplyTest(test, value, rest)) == wanted)
                yield return item;
        }
    }

    private static string NameOf(TemplateValue value, string kind) =>
        value is StringValue name ? name.Text : throw new TemplateException($"the name of a {kind} is a string, not {value.TypeName}");
}
