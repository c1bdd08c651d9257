using Quipu.Templates;

namespace Quipu.Engine.Chat;

/// <summary>How a call is written.</summary>
internal enum CallShape
{
    /// <summary>One object after each mark: <c>{"name": …, "arguments": …}</c>.</summary>
    Object,
    /// <summary>All calls as one list of such objects behind a single mark.</summary>
    List,
    /// <summary>The name in front of the arguments: <c>name[ARGS]{…}</c>.</summary>
    Named,
}

/// <summary>
/// How a model writes calls of functions. Models that were trained for it say so in their chat template; for the others the functions are
/// described in the system message, in Hermes' form.
/// </summary>
/// <param name="Begin">The mark before a call; empty where an answer that begins with an object is a call.</param>
/// <param name="End">The mark behind it, or nothing.</param>
/// <param name="Shape">What stands between.</param>
/// <param name="ArgumentsKey">The name of the arguments.</param>
internal sealed record ToolFormat(string Begin, string End, CallShape Shape, string ArgumentsKey = "arguments")
{
    private const string HermesBegin = "<tool_call>";
    private const string MistralBegin = "[TOOL_CALLS]";
    private const string GraniteBegin = "<|tool_call|>";

    /// <summary>Whether the template itself tells the model of its functions.</summary>
    public bool TemplateHasTools { get; init; } = true;

    /// <summary>Whether the template writes earlier calls.</summary>
    public bool TemplateWritesCalls { get; init; } = true;

    /// <summary>Whether an answer has one call at most.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Whether ids of calls have nine letters and digits, as Mistral's templates insist.</summary>
    public bool HasShortIds { get; init; }

    /// <summary>The form for models that were not trained for any.</summary>
    public static ToolFormat Generic { get; } =
        new(HermesBegin, "</tool_call>", CallShape.Object) { TemplateHasTools = false, TemplateWritesCalls = false };

    /// <summary>Qwen, Hermes and those that were trained like them.</summary>
    public static ToolFormat Hermes { get; } = Generic with { TemplateHasTools = true, TemplateWritesCalls = true };

    /// <summary>Llama 3.1, 3.2, 3.3: an answer that is an object is a call.</summary>
    public static ToolFormat Llama { get; } = new("", "", CallShape.Object, "parameters") { IsSingle = true };

    /// <summary>Mistral until Nemo: a list.</summary>
    public static ToolFormat MistralList { get; } = new(MistralBegin, "", CallShape.List) { HasShortIds = true };

    /// <summary>Mistral since Small 3.2: the name, the id, the arguments.</summary>
    public static ToolFormat MistralNamed { get; } = new(MistralBegin, "", CallShape.Named) { HasShortIds = true };

    /// <summary>Granite 3: a list.</summary>
    public static ToolFormat Granite { get; } = new(GraniteBegin, "", CallShape.List);

    /// <summary>The form that a template speaks of.</summary>
    public static ToolFormat Of(ChatTemplate template)
    {
        string source = template.Source;
        bool Has(string text) => source.Contains(text, StringComparison.Ordinal);
        if (!Has("tools"))
            return Generic;
        if (Has(MistralBegin))
            return Has("[ARGS]") ? MistralNamed : MistralList;
        if (Has(GraniteBegin) && !Has(HermesBegin))
            return Granite with { TemplateWritesCalls = Has("tool_calls") };
        // Qwen3-Coder and GLM have the same mark around XML.
        if (Has(HermesBegin) && !Has("<function=") && !Has("<arg_key>"))
            return Hermes with { TemplateWritesCalls = Has("tool_calls") };
        return Has("\"parameters\": dictionary of argument name") ? Llama : Generic;
    }

    /// <summary>Calls as the model would have written them.</summary>
    public string Write(IReadOnlyList<ToolCall> calls) => Shape switch
    {
        CallShape.List => $"{Begin}[{string.Join(", ", calls.Select(WriteObject))}]",
        CallShape.Named => string.Concat(calls.Select(call => $"{Begin}{call.Name}[ARGS]{call.Arguments}")),
        _ when Begin.Length == 0 => string.Join("\n", calls.Select(WriteObject)),
        _ => string.Join("\n", calls.Select(call => $"{Begin}\n{WriteObject(call)}\n{End}")),
    };

    /// <summary>An id for a new call.</summary>
    public string NewId()
    {
        string digits = Guid.NewGuid().ToString("N");
        return HasShortIds ? digits[..ShortIdLength] : "call_" + digits;
    }

    /// <summary>Letters of a short id.</summary>
    public const int ShortIdLength = 9;

    private string WriteObject(ToolCall call) => $"{{\"name\": {JsonText.Quote(call.Name)}, \"{ArgumentsKey}\": {call.Arguments}}}";
}
