using Quipu.Engine.Grammars.Syntax;

namespace Quipu.Engine.Grammars.Matching;

/// <summary>Compiles rules to a network. Each piece is compiled with the state that follows it, from the end to the beginning.</summary>
internal sealed class NetworkBuilder
{
    private const int InlineSize = 48;
    private const int InlineOnceSize = 4096;

    private readonly RuleSet _rules;
    private readonly RuleAnalysis _analysis;
    private readonly List<NetworkState> _states = [new NetworkState(StateKind.End, 0, 0)];
    private readonly List<CopyRow> _copies = [];
    private readonly List<TokenCondition> _conditions = [];
    private readonly Dictionary<TokenCondition, int> _conditionOf = [];
    private readonly ByteClasses _classes = new();
    private readonly int[] _starts;
    private readonly int[] _sizes;
    private readonly Queue<int> _called = [];

    private NetworkBuilder(RuleSet rules)
    {
        _rules = rules;
        _analysis = new RuleAnalysis(rules);
        _starts = new int[rules.Count];
        _sizes = new int[rules.Count];
        Array.Fill(_starts, -1);
    }

    /// <summary>Compiles.</summary>
    /// <exception cref="GrammarException">A rule is left-recursive, no text matches, or a limit is exceeded.</exception>
    public static Network Build(RuleSet rules)
    {
        var builder = new NetworkBuilder(rules);
        foreach (int rule in builder._analysis.Order)
            builder._sizes[rule] = builder.Size(rules.Body(rule));
        builder.CompileRule(rules.Root);
        while (builder._called.TryDequeue(out int rule))
            builder.CompileRule(rule);
        return new Network
        {
            States = [.. builder._states],
            Starts = builder._starts,
            Ranks = builder._analysis.Rank,
            Root = rules.Root,
            Classes = builder._classes,
            Conditions = [.. builder._conditions],
            Repetitions = [.. builder._copies],
        };
    }

    private void CompileRule(int rule)
    {
        if (_starts[rule] == -1 || _starts[rule] == Called)
            _starts[rule] = Compile(_rules.Body(rule), 0);
    }

    private const int Called = -2;

    private bool IsInlined(int rule) => !_analysis.IsRecursive[rule]
        && (_sizes[rule] <= InlineSize || (_analysis.References[rule] == 1 && _sizes[rule] <= InlineOnceSize));

    /// <summary>States that a piece will have; at most one more than the limit.</summary>
    private int Size(GrammarNode node)
    {
        long size = node switch
        {
            SequenceNode sequence => Sum(sequence.Items),
            ChoiceNode choice => Sum(choice.Items) + choice.Items.Length,
            RepeatNode repeat => (long)Math.Max(1, repeat.Most ?? repeat.Least) * (Size(repeat.Item) + 1L),
            LiteralNode literal => literal.CodePoints.Length,
            RuleNode call => IsInlined(call.Rule) ? _sizes[call.Rule] : 2,
            _ => 1,
        };
        return (int)Math.Min(size, GrammarLimits.States + 1);
    }

    private long Sum(System.Collections.Immutable.ImmutableArray<GrammarNode> items)
    {
        long sum = 0;
        foreach (var item in items)
            sum += Size(item);
        return sum;
    }

    private int Compile(GrammarNode node, int next)
    {
        switch (node)
        {
            case SequenceNode sequence:
                for (int i = sequence.Items.Length - 1; i >= 0; i--)
                    next = Compile(sequence.Items[i], next);
                return next;
            case ChoiceNode choice:
                return CompileChoice(choice, next);
            case RepeatNode repeat:
                return CompileRepeat(repeat, next);
            case LiteralNode literal:
                for (int i = literal.CodePoints.Length - 1; i >= 0; i--)
                    next = Add(StateKind.Char, _classes.Start(CharSet.Of(literal.CodePoints[i])), next);
                return next;
            case CharNode character:
                return Add(StateKind.Char, _classes.Start(character.Set), next);
            case TokenNode token:
                return Add(StateKind.Token, ConditionOf(new TokenCondition(token.Id, token.Text, token.Negated)), next);
            case RuleNode call:
                return CompileCall(call.Rule, next);
            default:
                throw new ArgumentOutOfRangeException(nameof(node), node, "Not a piece of a rule.");
        }
    }

    private int CompileCall(int rule, int next)
    {
        if (IsInlined(rule))
            return Compile(_rules.Body(rule), next);
        if (_starts[rule] == -1)
        {
            _starts[rule] = Called;
            _called.Enqueue(rule);
        }
        int call = Add(StateKind.Call, rule, next);
        return _analysis.IsNullable(rule) ? Add(StateKind.Split, call, next) : call;
    }

    private int CompileChoice(ChoiceNode choice, int next)
    {
        int entry = -1;
        for (int i = choice.Items.Length - 1; i >= 0; i--)
        {
            if (!_analysis.IsProductive(choice.Items[i]))
                continue;
            int alternative = Compile(choice.Items[i], next);
            entry = entry < 0 ? alternative : Add(StateKind.Split, alternative, entry);
        }
        return entry;
    }

    private int CompileRepeat(RepeatNode repeat, int next)
    {
        if (!_analysis.IsProductive(repeat.Item))
            return next; // the lower bound is 0, else nothing of this would be compiled
        int entry = next;
        if (repeat.Most is { } most)
        {
            entry = CompileCopies(repeat.Item, most - repeat.Least, entry, optional: true);
            return CompileCopies(repeat.Item, repeat.Least, entry, optional: false);
        }
        int loop = Add(StateKind.Split, 0, next);
        int body = Compile(repeat.Item, loop);
        _states[loop] = new NetworkState(StateKind.Split, body, next);
        return repeat.Least == 0 ? loop : CompileCopies(repeat.Item, repeat.Least - 1, body, optional: false);
    }

    private int CompileCopies(GrammarNode item, int count, int next, bool optional)
    {
        int first = _states.Count;
        int size = 0;
        int entry = next;
        for (int i = 0; i < count; i++)
        {
            entry = Compile(item, entry);
            if (optional)
                entry = Add(StateKind.Split, entry, next);
            if (i == 0)
                size = _states.Count - first;
        }
        if (count > 1 && size > 0 && _states.Count - first == size * count)
            _copies.Add(new CopyRow(first, size, count));
        return entry;
    }

    private int ConditionOf(TokenCondition condition)
    {
        if (!_conditionOf.TryGetValue(condition, out int index))
        {
            _conditionOf.Add(condition, index = _conditions.Count);
            _conditions.Add(condition);
        }
        return index;
    }

    private int Add(StateKind kind, int a, int b)
    {
        if (_states.Count >= GrammarLimits.States)
            throw new GrammarException(
                $"The grammar is too large: its repetitions and rules unfold to more than {GrammarLimits.States} states. "
                + "Lower the bounds of repetitions.");
        _states.Add(new NetworkState(kind, a, b));
        return _states.Count - 1;
    }
}
