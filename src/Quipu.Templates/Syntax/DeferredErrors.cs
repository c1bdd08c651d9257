namespace Quipu.Templates.Syntax;

/// <summary>
/// Errors that are no fault of the syntax and come after all that are: filters and tests that do not exist, <c>break</c>
/// outside of a loop. Names are forgiven inside if statements and conditional expressions, where a template may choose by
/// what exists: there they fail when they are reached.
/// </summary>
internal sealed class DeferredErrors
{
    private readonly List<(string Reason, Position Position)> _errors = [];

    public int Count => _errors.Count;

    /// <summary>Whether the parser is directly inside an if statement.</summary>
    public bool IsConditional { get; set; }

    public void Add(string reason, Position position) => _errors.Add((reason, position));

    /// <summary>Adds a name that does not exist, where that matters.</summary>
    public void AddName(string reason, Position position)
    {
        if (!IsConditional)
            Add(reason, position);
    }

    /// <summary>Forgets all errors since there were <paramref name="count"/>: they turned out to be conditional.</summary>
    public void Forget(int count) => _errors.RemoveRange(count, _errors.Count - count);

    /// <summary>Fails with the first error.</summary>
    public void Check()
    {
        if (_errors.Count > 0)
            throw new TemplateException(_errors[0].Reason, TemplateErrorKind.Syntax, _errors[0].Position);
    }
}
