using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>
/// The state of a for loop, which the template sees as <c>loop</c>. Elements are taken one by one; looking at the next one
/// or at the length takes them earlier.
/// </summary>
/// <param name="items">The elements.</param>
/// <param name="length">Their number where it is known.</param>
/// <param name="depth">How many recursive calls this loop is deep, from 0.</param>
/// <param name="recurse">Runs the loop over other elements; null for loops that are not recursive.</param>
/// <param name="budget">What kept elements are charged to.</param>
internal sealed class LoopValue(
    IEnumerator<TemplateValue> items, int? length, int depth, Func<TemplateValue, TemplateValue>? recurse, Budget budget) : CallableValue
{
    private static readonly Dictionary<string, Func<LoopValue, TemplateValue>> Attributes = new()
    {
        ["index"] = loop => IntValue.Of(loop.Index + 1),
        ["index0"] = loop => IntValue.Of(loop.Index),
        ["revindex"] = loop => IntValue.Of(loop.Count() - loop.Index),
        ["revindex0"] = loop => IntValue.Of(loop.Count() - loop.Index - 1),
        ["first"] = loop => BoolValue.Of(loop.Index == 0),
        ["last"] = loop => BoolValue.Of(!loop.HasNext()),
        ["length"] = loop => IntValue.Of(loop.Count()),
        ["depth"] = loop => IntValue.Of(loop.Depth + 1),
        ["depth0"] = loop => IntValue.Of(loop.Depth),
        ["previtem"] = loop => loop._previous ?? UndefinedValue.Because("there is no previous item"),
        ["nextitem"] = loop => loop.HasNext() ? loop._ahead.Peek() : UndefinedValue.Because("there is no next item"),
    };

    private static readonly Dictionary<string, NativeFunction> Methods = new()
    {
        ["cycle"] = new(call => Cycle((LoopValue)call.Self, call.Arguments.Positional)) { IsVariadic = true },
        ["changed"] = new(call => Changed((LoopValue)call.Self, call)) { IsVariadic = true },
    };

    private readonly Queue<TemplateValue> _ahead = new();
    private int? _length = length;
    private TemplateValue? _previous;
    private TemplateValue? _current;
    private TupleValue? _lastSeen;

    /// <summary>The number of the current round, from 0.</summary>
    public int Index { get; private set; } = -1;

    public int Depth => depth;

    public TemplateValue Current => _current ?? NoneValue.Instance;

    internal override string TypeName => "LoopContext";

    internal override int? Length => Count();

    /// <summary>Goes on to the next element.</summary>
    public bool MoveNext()
    {
        _previous = _current;
        Index++;
        if (!_ahead.TryDequeue(out _current))
            _current = items.MoveNext() ? items.Current : null;
        return _current is not null;
    }

    public override TemplateValue Call(Interpreter interpreter, Arguments arguments)
    {
        if (recurse is null)
            throw new TemplateException("the loop must have the 'recursive' marker to be called");
        if (arguments.Positional.Length != 1 || arguments.Named.Length > 0)
            throw new TemplateException("loop() takes one argument: what to iterate over");
        return recurse(arguments.Positional[0]);
    }

    internal override TemplateValue? GetAttribute(string name) =>
        Attributes.TryGetValue(name, out var attribute) ? attribute(this) : base.GetAttribute(name);

    internal override NativeFunction? FindMethod(string name) => Methods.GetValueOrDefault(name);

    internal override void WriteRepr(TextBuilder text) => text.Append($"<LoopContext {Index + 1}/{Count()}>");

    private bool HasNext()
    {
        if (_ahead.Count == 0 && items.MoveNext())
            _ahead.Enqueue(items.Current);
        return _ahead.Count > 0;
    }

    private int Count()
    {
        if (_length is { } known)
            return known;
        while (items.MoveNext())
        {
            budget.Element();
            _ahead.Enqueue(items.Current);
        }
        _length = Index + 1 + _ahead.Count;
        return _length.Value;
    }

    private static TemplateValue Cycle(LoopValue loop, TemplateValue[] values) => values.Length > 0
        ? values[loop.Index % values.Length]
        : throw new TemplateException("no items for cycling given");

    /// <summary>Whether the values differ from those of the last call.</summary>
    private static BoolValue Changed(LoopValue loop, NativeCall call)
    {
        var seen = new TupleValue(call.Arguments.Positional);
        if (loop._lastSeen is not null && Ordering.AreEqual(loop._lastSeen, seen, call.Budget))
            return BoolValue.False;
        loop._lastSeen = seen;
        return BoolValue.True;
    }
}
