namespace Quipu.Engine.Grammars.Syntax;

/// <summary>Rules by number, the first of which to match is <see cref="Root"/>.</summary>
internal sealed class RuleSet
{
    private readonly List<GrammarNode?> _bodies = [];
    private readonly List<string> _names = [];

    /// <summary>The rule that the whole text must match.</summary>
    public int Root { get; set; }

    /// <summary>How many there are.</summary>
    public int Count => _bodies.Count;

    /// <summary>A new rule, to be defined later.</summary>
    public int Declare(string name)
    {
        _bodies.Add(null);
        _names.Add(name);
        return _bodies.Count - 1;
    }

    /// <summary>Says what a rule is; the last word counts.</summary>
    public void Define(int rule, GrammarNode body) => _bodies[rule] = body;

    /// <summary>A new rule with its body.</summary>
    public GrammarNode Add(string name, GrammarNode body)
    {
        int rule = Declare(name);
        Define(rule, body);
        return new RuleNode(rule);
    }

    /// <summary>Whether a rule has a body.</summary>
    public bool IsDefined(int rule) => _bodies[rule] is not null;

    /// <summary>The body of a rule.</summary>
    public GrammarNode Body(int rule) => _bodies[rule]!;

    /// <summary>The name of a rule.</summary>
    public string Name(int rule) => _names[rule];
}
