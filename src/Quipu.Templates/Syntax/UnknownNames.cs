namespace Quipu.Templates.Syntax;

/// <summary>
/// Uses of filters and tests that do not exist. They fail the whole template, except inside if statements and conditional
/// expressions, where a template may choose by what exists: there they fail when they are reached.
/// </summary>
internal sealed class UnknownNames
{
    private readonly List<(string Reason, Position Position)> _uses = [];

    public int Count => _uses.Count;

    /// <summary>Whether the parser is directly inside an if statement.</summary>
    public bool IsConditional { get; set; }

    public void Add(string reason, Position position)
    {
        if (!IsConditional)
            _uses.Add((reason, position));
    }

    /// <summary>Forgets all uses since there were <paramref name="count"/>: they turned out to be conditional.</summary>
    public void Forget(int count) => _uses.RemoveRange(count, _uses.Count - count);

    /// <summary>Fails when there is a use left.</summary>
    public void Check()
    {
        if (_uses.Count > 0)
            throw new TemplateException(_uses[0].Reason, TemplateErrorKind.Syntax, _uses[0].Position);
    }
}
