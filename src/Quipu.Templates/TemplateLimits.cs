namespace Quipu.Templates;

/// <summary>
/// What a template may use. Templates come with model files, so they are untrusted: every limit ends in a
/// <see cref="TemplateException"/> of kind <see cref="TemplateErrorKind.Limit"/> that names it.
/// </summary>
public sealed record TemplateLimits
{
    /// <summary>The limits that apply when none are given.</summary>
    public static TemplateLimits Default { get; } = new();

    /// <summary>The longest template, in UTF-16 units.</summary>
    public int MaxSourceLength { get; init; } = 1 << 20;

    /// <summary>How deep blocks and expressions may nest in the source.</summary>
    public int MaxNesting { get; init; } = 200;

    /// <summary>How many macros, call blocks and recursive loops may be active at once.</summary>
    public int MaxCallDepth { get; init; } = 200;

    /// <summary>
    /// The work of one rendering: about one step for a node of the template that is evaluated, for an element that is
    /// visited, and for every few dozen characters that are searched or compared. The default lasts about a second.
    /// </summary>
    public long MaxSteps { get; init; } = 10_000_000;

    /// <summary>The bytes that all values and texts made during one rendering may take, counted as they are made.</summary>
    public long MaxMemory { get; init; } = 256L << 20;

    /// <summary>The longest text a rendering may make, the result included, in UTF-16 units.</summary>
    public int MaxTextLength { get; init; } = 16 << 20;

    /// <summary>The longest number <c>range</c> may count to; the sandbox of the reference has the same limit.</summary>
    public int MaxRange { get; init; } = 100_000;

    /// <summary>The largest integer, in bits.</summary>
    public int MaxIntegerBits { get; init; } = 1 << 15;
}
