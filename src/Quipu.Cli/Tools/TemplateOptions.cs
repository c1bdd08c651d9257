namespace Quipu.Cli.Tools;

/// <summary>What <c>quipu template</c> renders, and how.</summary>
internal sealed record TemplateOptions
{
    /// <summary>The template's text.</summary>
    public required string Source { get; init; }

    /// <summary>The text of the begin-of-sequence token, for the template's <c>bos_token</c>; undefined where null.</summary>
    public string? BosToken { get; init; }

    /// <summary>The text of the end-of-sequence token, for the template's <c>eos_token</c>; undefined where null.</summary>
    public string? EosToken { get; init; }

    /// <summary>Whether the input's members are the template's variables, and nothing else is passed.</summary>
    public bool Variables { get; init; }

    /// <summary>The time that <c>strftime_now</c> tells; the local time where null.</summary>
    public DateTime? Now { get; init; }

    /// <summary>An object a line in, an object a line out.</summary>
    public bool JsonLines { get; init; }
}
