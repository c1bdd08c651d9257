namespace Quipu.Templates;

/// <summary>What kind of failure a <see cref="TemplateException"/> reports.</summary>
public enum TemplateErrorKind
{
    /// <summary>The template's text is not well formed; found while parsing.</summary>
    Syntax,

    /// <summary>An operation failed while rendering: a wrong type, a missing value, a forbidden attribute.</summary>
    Runtime,

    /// <summary>The template called <c>raise_exception</c>: it refuses these messages.</summary>
    Raised,

    /// <summary>One of <see cref="TemplateLimits"/> was reached.</summary>
    Limit,
}

/// <summary>A template that cannot be parsed or rendered: why, and where in its source.</summary>
public sealed class TemplateException : Exception
{
    internal TemplateException(string reason, TemplateErrorKind kind = TemplateErrorKind.Runtime, Position position = default)
        : base(Describe(reason, kind, position))
    {
        Reason = reason;
        Kind = kind;
        Line = position.Line;
        Column = position.Column;
    }

    private TemplateException(TemplateException inner, Position position)
        : base(Describe(inner.Reason, inner.Kind, position), inner)
    {
        Reason = inner.Reason;
        Kind = inner.Kind;
        Line = position.Line;
        Column = position.Column;
    }

    /// <summary>The failure without its place. For <c>raise_exception</c> it is the template's own message.</summary>
    public string Reason { get; }

    /// <summary>The kind of failure.</summary>
    public TemplateErrorKind Kind { get; }

    /// <summary>The line in the template, from 1; 0 where no line is to blame.</summary>
    public int Line { get; }

    /// <summary>The column in that line, from 1, in UTF-16 units; 0 where no line is to blame.</summary>
    public int Column { get; }

    /// <summary>Whether the template itself refused with <c>raise_exception</c>. The message is then its own.</summary>
    public bool Raised => Kind == TemplateErrorKind.Raised;

    /// <summary>The same failure with the place that the code which found it did not know.</summary>
    internal TemplateException At(Position position) => Line > 0 ? this : new TemplateException(this, position);

    private static string Describe(string reason, TemplateErrorKind kind, Position position) =>
        kind == TemplateErrorKind.Raised || position.Line == 0
            ? reason
            : $"line {position.Line}, column {position.Column} of the template: {reason}";
}
