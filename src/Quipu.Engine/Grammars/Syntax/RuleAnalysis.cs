namespace Quipu.Engine.Grammars.Syntax;

/// <summary>
/// What must be known of rules before they can be compiled: which match the empty text, which match any text, which recur.
/// </summary>
internal sealed class RuleAnalysis
{
    private readonly RuleSet _rules;
    private readonly bool[] _nullable;
    private readonly bool[] _productive;

    /// <summary>Analyses rules that are all defined.</summary>
    /// <exception cref="GrammarException">A rule is left-recursive, or no text matches the root.</exception>
    public RuleAnalysis(RuleSet rules)
    {
        _rules = rules;
        _nullable = new bool[rules.Count];
        _productive = new bool[rules.Count];
        var calls = Enumerable.Range(0, rules.Count).Select(_ => new List<int>()).ToList();
        References = new int[rules.Count];
        for (int rule = 0; rule < rules.Count; rule++)
            Collect(rules.Body(rule), calls[rule]);
        int[] component = Components.Find(calls);
        Settle(component);
        IsRecursive = Recursive(component, calls);
        Order = [.. Enumerable.Range(0, rules.Count).OrderBy(rule => component[rule])];
        Rank = FindRanks();
        if (!_productive[rules.Root])
            throw new GrammarException($"No text matches: the rule '{rules.Name(rules.Root)}' never comes to an end.");
    }

    /// <summary>How often each rule is referred to.</summary>
    public int[] References { get; }

    /// <summary>Whether a rule may lead back to itself.</summary>
    public bool[] IsRecursive { get; }

    /// <summary>All rules, those that others refer to first.</summary>
    public int[] Order { get; }

    /// <summary>A rule that may begin with another has the greater number.</summary>
    public int[] Rank { get; }

    /// <summary>Whether a rule matches the empty text.</summary>
    public bool IsNullable(int rule) => _nullable[rule];

    /// <summary>Whether any text matches.</summary>
    public bool IsProductive(GrammarNode node) => node switch
    {
        SequenceNode sequence => sequence.Items.All(IsProductive),
        ChoiceNode choice => choice.Items.Any(IsProductive),
        RepeatNode repeat => repeat.Least == 0 || IsProductive(repeat.Item),
        CharNode character => !character.Set.IsEmpty,
        RuleNode call => _productive[call.Rule],
        _ => true,
    };

    /// <summary>Whether the empty text matches.</summary>
    public bool IsNullable(GrammarNode node) => node switch
    {
        SequenceNode sequence => sequence.Items.All(IsNullable),
        ChoiceNode choice => choice.Items.Any(IsNullable),
        RepeatNode repeat => repeat.Least == 0 || IsNullable(repeat.Item),
        LiteralNode literal => literal.CodePoints.IsEmpty,
        RuleNode call => _nullable[call.Rule],
        _ => false,
    };

    private void Collect(GrammarNode node, List<int> calls)
    {
        switch (node)
        {
            case SequenceNode sequence:
                foreach (var item in sequence.Items)
                    Collect(item, calls);
                break;
            case ChoiceNode choice:
                foreach (var item in choice.Items)
                    Collect(item, calls);
                break;
            case RepeatNode repeat:
                Collect(repeat.Item, calls);
                break;
            case RuleNode call:
                References[call.Rule]++;
                calls.Add(call.Rule);
                break;
        }
    }

    /// <summary>Both properties are least fixed points: components are settled one after the other, those that others need first.</summary>
    private void Settle(int[] component)
    {
        foreach (var members in Enumerable.Range(0, _rules.Count).GroupBy(rule => component[rule]).OrderBy(group => group.Key))
        {
            bool changed;
            do
            {
                changed = false;
                foreach (int rule in members)
                {
                    var body = _rules.Body(rule);
                    changed |= !_nullable[rule] && (_nullable[rule] = IsNullable(body));
                    changed |= !_productive[rule] && (_productive[rule] = IsProductive(body));
                }
            }
            while (changed);
        }
    }

    private static bool[] Recursive(int[] component, List<List<int>> calls)
    {
        var sizes = component.GroupBy(number => number).ToDictionary(group => group.Key, group => group.Count());
        return [.. component.Select((number, rule) => sizes[number] > 1 || calls[rule].Contains(rule))];
    }

    private int[] FindRanks()
    {
        var corners = Enumerable.Range(0, _rules.Count).Select(_ => new List<int>()).ToList();
        for (int rule = 0; rule < _rules.Count; rule++)
            Corners(_rules.Body(rule), corners[rule]);
        int[] component = Components.Find(corners);
        bool[] recursive = Recursive(component, corners);
        for (int rule = 0; rule < recursive.Length; rule++)
            if (recursive[rule])
                throw new GrammarException(
                    $"The rule '{_rules.Name(rule)}' begins with itself (left recursion). "
                    + "Write the repetition with * or +, or put something in front.");
        return component;
    }

    /// <summary>The rules that a text of the node may begin with.</summary>
    private void Corners(GrammarNode node, List<int> corners)
    {
        switch (node)
        {
            case SequenceNode sequence:
                foreach (var item in sequence.Items)
                {
                    Corners(item, corners);
                    if (!IsNullable(item))
                        break;
                }
                break;
            case ChoiceNode choice:
                foreach (var item in choice.Items)
                    Corners(item, corners);
                break;
            case RepeatNode repeat:
                Corners(repeat.Item, corners);
                break;
            case RuleNode call:
                corners.Add(call.Rule);
                break;
        }
    }
}
