using Quipu.Templates.Syntax;
using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>Renders one template once: walks its tree, statement by statement.</summary>
internal sealed partial class Interpreter
{
    private readonly TemplateNode _template;
    private readonly IReadOnlyDictionary<string, TemplateValue> _variables;
    private readonly Scope _root = new(null);
    private Scope _scope;
    private TextBuilder _output;
    private int _calls;

    /// <summary>Where the operation stands that runs now; errors are reported there.</summary>
    private Position _position;

    private Interpreter(TemplateNode template, IReadOnlyDictionary<string, TemplateValue> variables, DateTime now, Budget budget)
    {
        _template = template;
        _variables = variables;
        _scope = _root;
        _output = new TextBuilder(budget);
        Budget = budget;
        Now = now;
    }

    /// <summary>How the execution of a statement ended.</summary>
    private enum Flow
    {
        Normal,
        Break,
        Continue,
    }

    public Budget Budget { get; }

    /// <summary>The time that <c>strftime_now</c> tells.</summary>
    public DateTime Now { get; }

    /// <summary>Renders a template.</summary>
    /// <exception cref="TemplateException">Rendering failed; the error names the place.</exception>
    public static string Render(TemplateNode template, IReadOnlyDictionary<string, TemplateValue> variables, DateTime now, Budget budget)
    {
        var interpreter = new Interpreter(template, variables, now, budget);
        try
        {
            interpreter.Execute(template.Body);
            return interpreter._output.ToString();
        }
        catch (TemplateException error)
        {
            throw error.At(interpreter._position);
        }
    }

    private Flow Execute(Statement[] body)
    {
        foreach (Statement statement in body)
        {
            Flow flow = Execute(statement);
            if (flow != Flow.Normal)
                return flow;
        }
        return Flow.Normal;
    }

    private Flow Execute(Statement statement)
    {
        Budget.Step();
        Budget.EnsureStack();
        switch (statement)
        {
            case Literal literal:
                _output.Append(literal.Content);
                return Flow.Normal;
            case Print print:
                Write(Evaluate(print.Value));
                return Flow.Normal;
            case If branches:
                return ExecuteIf(branches);
            case For loop:
                return RunLoop(loop, Evaluate(loop.Iterable), _scope, depth: 0);
            case Set set:
                Assign(set.Target, Evaluate(set.Value));
                return Flow.Normal;
            case Break:
                return Flow.Break;
            case Continue:
                return Flow.Continue;
            case Macro macro:
                Budget.Element();
                _scope.Set(macro.Definition.Name!, new MacroValue(macro.Definition, _scope));
                return Flow.Normal;
            default:
                return ExecuteScoped(statement);
        }
    }

    /// <summary>The statements whose body has a scope of its own.</summary>
    private Flow ExecuteScoped(Statement statement)
    {
        switch (statement)
        {
            case SetBlock set:
                return ExecuteCaptured(set.Body, set.Filters, value => Assign(set.Target, value));
            case FilterBlock filter:
                return ExecuteCaptured(filter.Body, filter.Filters, Write);
            case With with:
                return ExecuteWith(with);
            case CallBlock call:
                ExecuteCall(call);
                return Flow.Normal;
            case Generation generation:
                return ExecuteIn(new Scope(_scope), generation.Body);
            case NamedBlock block:
                return ExecuteIn(new Scope(_root), block.Body);
            default:
                _position = statement.Position;
                throw new TemplateException($"'{((Load)statement).Tag}' needs another template, but a chat template stands alone");
        }
    }

    private void Write(TemplateValue value) => _output.Append(Printer.Text(value, Budget));

    private Flow ExecuteIf(If statement)
    {
        foreach ((Expression test, Statement[] body) in statement.Branches)
            if (Evaluate(test).IsTrue)
                return Execute(body);
        return Execute(statement.Else);
    }

    private Flow ExecuteIn(Scope scope, Statement[] body)
    {
        Scope outer = _scope;
        _scope = scope;
        Flow flow = Execute(body);
        _scope = outer;
        return flow;
    }

    /// <summary>Executes a body and gives what it printed, through filters, to a receiver; not when the body was left early.</summary>
    private Flow ExecuteCaptured(Statement[] body, FilterCall[] filters, Action<TemplateValue> receive)
    {
        TextBuilder output = _output;
        _output = new TextBuilder(Budget);
        Flow flow = ExecuteIn(new Scope(_scope), body);
        TemplateValue value = new StringValue(_output.ToString());
        _output = output;
        if (flow != Flow.Normal)
            return flow;
        foreach (FilterCall filter in filters)
            value = ApplyFilter(filter, value);
        receive(value);
        return Flow.Normal;
    }

    private Flow ExecuteWith(With statement)
    {
        TemplateValue[] values = Array.ConvertAll(statement.Variables, variable => Evaluate(variable.Value));
        Scope outer = _scope;
        _scope = new Scope(outer);
        for (int i = 0; i < values.Length; i++)
            Assign(statement.Variables[i].Target, values[i]);
        Flow flow = Execute(statement.Body);
        _scope = outer;
        return flow;
    }

    private void ExecuteCall(CallBlock statement)
    {
        TemplateValue function = Evaluate(statement.Call.Function);
        Arguments arguments = Evaluate(statement.Call.Arguments);
        var caller = new MacroValue(statement.Body, _scope);
        _position = statement.Call.Position;
        Write(Call(function, new Arguments(arguments.Positional, [.. arguments.Named, ("caller", caller)])));
    }

    private Flow RunLoop(For statement, TemplateValue iterable, Scope outer, int depth)
    {
        _position = statement.Position;
        IEnumerable<TemplateValue> items = Members.Iterate(iterable);
        if (statement.Filter is not null)
            items = Filter(statement, items, outer);
        Func<TemplateValue, TemplateValue>? recurse = statement.IsRecursive ? value => Recurse(statement, value, outer, depth + 1) : null;
        using IEnumerator<TemplateValue> enumerator = items.GetEnumerator();
        var loop = new LoopValue(enumerator, statement.Filter is null ? iterable.Length : null, depth, recurse, Budget);
        Scope saved = _scope;
        bool completed = false;
        while (loop.MoveNext())
        {
            Budget.Step();
            _scope = new Scope(outer);
            _position = statement.Position;
            Assign(statement.Target, loop.Current);
            _scope.Set("loop", loop);
            Flow flow = Execute(statement.Body);
            if (flow == Flow.Break)
                break;
            completed |= flow == Flow.Normal;
        }
        _scope = saved;
        return completed ? Flow.Normal : ExecuteIn(new Scope(outer), statement.Else);
    }

    /// <summary>The elements for which a loop's condition holds.</summary>
    private IEnumerable<TemplateValue> Filter(For statement, IEnumerable<TemplateValue> items, Scope outer)
    {
        foreach (TemplateValue item in items)
        {
            Scope saved = _scope;
            _scope = new Scope(outer);
            Assign(statement.Target, item);
            bool taken = Evaluate(statement.Filter!).IsTrue;
            _scope = saved;
            if (taken)
                yield return item;
        }
    }

    /// <summary>Binds names to a value, which is unpacked where there are several.</summary>
    private void Assign(Expression target, TemplateValue value)
    {
        switch (target)
        {
            case Name name:
                _scope.Set(name.Text, value);
                break;
            case NamespaceTarget attribute:
                _position = attribute.Position;
                if (Find(attribute.Namespace) is not NamespaceValue space)
                    throw new TemplateException("cannot assign attribute on non-namespace object");
                space.Set(attribute.Attribute, value, Budget);
                break;
            case TupleLiteral tuple:
                TemplateValue[] items = Unpack(tuple, value);
                for (int i = 0; i < items.Length; i++)
                    Assign(tuple.Items[i], items[i]);
                break;
        }
    }

    private TemplateValue[] Unpack(TupleLiteral target, TemplateValue value)
    {
        _position = target.Position;
        int expected = target.Items.Length;
        IEnumerable<TemplateValue> source = value.Iterate()
            ?? throw new TemplateException($"cannot unpack non-iterable {value.TypeName} object");
        TemplateValue[] items = [.. source.Take(expected + 1)];
        if (items.Length > expected)
            throw new TemplateException($"too many values to unpack (expected {expected})");
        if (items.Length < expected)
            throw new TemplateException($"not enough values to unpack (expected {expected}, got {items.Length})");
        return items;
    }
}
