using Quipu.Templates.Runtime;
using Quipu.Templates.Syntax;

namespace Quipu.Templates;

/// <summary>
/// A chat template: the piece of Jinja a model ships that turns a conversation into the text the model was trained on.
/// It renders as Hugging Face transformers does: in a sandbox, with <c>trim_blocks</c> and <c>lstrip_blocks</c>.
/// A parsed template does not change and may be rendered by many threads at once.
/// </summary>
public sealed class ChatTemplate
{
    private readonly TemplateNode _root;
    private readonly TemplateLimits _limits;

    private ChatTemplate(string source, TemplateNode root, TemplateLimits limits)
    {
        Source = source;
        _root = root;
        _limits = limits;
    }

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="source">The template's text.</param>
    /// <param name="limits">What it may use; <see cref="TemplateLimits.Default"/> where not given.</param>
    /// <exception cref="TemplateException">The text is not well formed, or exceeds a limit.</exception>
    public static ChatTemplate Parse(string source, TemplateLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        limits ??= TemplateLimits.Default;
        return new ChatTemplate(source, StatementParser.Parse(source, limits), limits);
    }

    /// <summary>Renders the template.</summary>
    /// <param name="variables">What the template sees: <c>messages</c>, <c>add_generation_prompt</c>, <c>tools</c>, and so on.</param>
    /// <param name="now">The time that <c>strftime_now</c> tells; the local time where not given.</param>
    /// <param name="cancellationToken">Stops a long rendering.</param>
    /// <exception cref="TemplateException">
    /// The template refused (<see cref="TemplateException.Raised"/>), an operation failed, or a limit was reached.
    /// </exception>
    public string Render(
        IReadOnlyDictionary<string, TemplateValue> variables, DateTime? now = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return Interpreter.Render(_root, variables, now ?? DateTime.Now, new Budget(_limits, cancellationToken));
    }

    /// <summary>Renders the template with the members of a dict as its variables.</summary>
    /// <inheritdoc cref="Render(IReadOnlyDictionary{string, TemplateValue}, DateTime?, CancellationToken)"/>
    /// <exception cref="InvalidOperationException">The value is no dict with string keys.</exception>
    public string Render(TemplateValue variables, DateTime? now = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return Render(variables.ToDictionary(), now, cancellationToken);
    }
}
