using Quipu.Templates.Runtime;
using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>The functions every template has.</summary>
internal static class Globals
{
    private static readonly Dictionary<string, FunctionValue> Table = new()
    {
        ["range"] = Function("range", new(Range, "start", "stop", "step") { Required = 1, IsPositional = true }),
        ["dict"] = Function("dict", new(Dict) { IsVariadic = true }),
        ["namespace"] = Function("namespace", new(Namespace) { IsVariadic = true }),
        ["cycler"] = Function("cycler", new(call => new CyclerValue(call.Arguments.Positional)) { IsVariadic = true }),
        ["joiner"] = Function("joiner", new(call => new JoinerValue(call.Text(0, ", ")), "sep")),
        ["lipsum"] = Function("lipsum", new(RefuseRandomText) { IsVariadic = true }),
        ["raise_exception"] = Function("raise_exception", new(Raise, "message") { Required = 1 }),
        ["strftime_now"] = Function("strftime_now", new(Now, "format") { Required = 1 }),
    };

    public static FunctionValue? Find(string name) => Table.GetValueOrDefault(name);

    private static FunctionValue Function(string name, NativeFunction function) => new(name, function);

    private static RangeValue Range(NativeCall call)
    {
        BigInteger Integer(int index) => call[index]!.AsInteger()
            ?? throw (call[index] as UndefinedValue)?.Error()
            ?? new TemplateException($"'{call[index]!.TypeName}' object cannot be interpreted as an integer");
        BigInteger start = call[1] is null ? 0 : Integer(0);
        BigInteger stop = Integer(call[1] is null ? 0 : 1);
        BigInteger step = call[2] is null ? 1 : Integer(2);
        if (step.IsZero)
            throw new TemplateException("range() arg 3 must not be zero");
        if (RangeValue.CountOf(start, stop, step) > call.Budget.Limits.MaxRange)
            throw new TemplateException(
                $"Range too big: {call.Budget.Limits.MaxRange} elements are the most", TemplateErrorKind.Limit);
        return new RangeValue(start, stop, step);
    }

    private static DictValue Dict(NativeCall call)
    {
        var dict = new DictValue();
        TemplateValue[] sources = call.Arguments.Positional;
        if (sources.Length > 1)
            throw new TemplateException($"dict expected at most 1 argument, got {sources.Length}");
        if (sources.Length == 1)
            foreach ((TemplateValue key, TemplateValue value) in Pairs(sources[0], call.Budget))
                Set(key, value);
        foreach ((string name, TemplateValue value) in call.Arguments.Named)
            Set(new StringValue(name), value);
        return dict;

        void Set(TemplateValue key, TemplateValue value)
        {
            call.Budget.Element();
            KeyComparer.Check(key, call.Budget);
            dict[key] = value;
        }
    }

    /// <summary>The items of a dict, or the pairs of a list.</summary>
    private static IEnumerable<KeyValuePair<TemplateValue, TemplateValue>> Pairs(TemplateValue source, Budget budget)
    {
        if (source is DictValue dict)
        {
            foreach (var item in dict.Items)
                yield return item;
            yield break;
        }
        if (source is UndefinedValue undefined)
            throw undefined.Error();
        foreach (TemplateValue item in Members.Iterate(source))
        {
            TemplateValue[] pair = Members.ToArray(item, budget);
            if (pair.Length != 2)
                throw new TemplateException($"a dict is made of pairs, but there is an element of length {pair.Length}");
            yield return new(pair[0], pair[1]);
        }
    }

    private static NamespaceValue Namespace(NativeCall call)
    {
        var dict = Dict(call);
        var space = new NamespaceValue();
        foreach ((TemplateValue key, TemplateValue value) in dict.Items)
        {
            if (key is not StringValue name)
                throw new TemplateException("a namespace's attributes have names");
            space.Set(name.Text, value, call.Budget);
        }
        return space;
    }

    private static TemplateValue Raise(NativeCall call) =>
        throw new TemplateException(Printer.Text(call[0]!, call.Budget), TemplateErrorKind.Raised);

    private static TemplateValue RefuseRandomText(NativeCall call) =>
        throw new TemplateException("lipsum() makes random text, which a prompt must not hold");

    private static StringValue Now(NativeCall call) => new(TimeFormat.Format(call.Text(0), call.Interpreter.Now, call.Budget));
}
