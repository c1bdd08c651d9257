using System.Globalization;
using System.Text.Json;
using Quipu.Templates;

namespace Quipu.Cli.Tools;

/// <summary>
/// A request to the prompt that a chat template makes of it. Plain: one JSON object, whose prompt is written as it is;
/// <c>--jsonl</c>: an object a line, each answered by <c>{"prompt":…}</c> or <c>{"error":…,"line":…}</c> on one line, where the
/// line is the template's, or null where no line of it is to blame.
/// </summary>
/// <remarks>
/// The object is the body of a chat-completions request. <c>messages</c> reach the template as they stand: content parts
/// stay lists, and arguments of tool calls stay the strings or objects they are, since templates differ in what they expect.
/// <c>tools</c> and <c>documents</c> are none where they are absent, <c>add_generation_prompt</c> is true unless given, and
/// the members of <c>chat_template_kwargs</c> are variables of their own names.
/// </remarks>
internal static class TemplateTool
{
    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 256 };

    /// <summary>Renders all that a reader has.</summary>
    /// <param name="options">The template, and what to do.</param>
    /// <param name="input">One JSON object, or one a line.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="cancellationToken">Stops a long rendering.</param>
    /// <returns>The exit code 0.</returns>
    /// <exception cref="InvalidDataException">The input is no request. A line of many is answered instead.</exception>
    /// <exception cref="TemplateException">The template fails. A line of many is answered instead.</exception>
    public static int Run(TemplateOptions options, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        if (options.JsonLines)
            RunLines(options, input, output, cancellationToken);
        else
            output.Write(Render(ChatTemplate.Parse(options.Source), options, input.ReadToEnd(), cancellationToken));
        return 0;
    }

    /// <summary>The time a text names: a date, or a date and a time. A zone is read over: the clock shows what is written.</summary>
    /// <exception cref="FormatException">It is none; the message says what is expected.</exception>
    public static DateTime ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.DateTime
            : throw new FormatException($"'{text}' is no time. Write one as 2026-01-15T12:34:56.");

    private static void RunLines(TemplateOptions options, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        ChatTemplate? template = null;
        while (input.ReadLine() is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                template ??= ChatTemplate.Parse(options.Source);
                string prompt = Render(template, options, line, cancellationToken);
                WriteObject(output, json => json.WriteString("prompt", prompt));
            }
            catch (TemplateException error)
            {
                WriteError(output, error.Reason, error.Line);
            }
            catch (InvalidDataException error)
            {
                WriteError(output, error.Message, 0);
            }
        }
    }

    private static string Render(ChatTemplate template, TemplateOptions options, string request, CancellationToken cancellationToken)
    {
        using JsonDocument document = Parse(request);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"expected a JSON object, but this is a JSON {document.RootElement.ValueKind}.");
        Dictionary<string, TemplateValue> variables = options.Variables
            ? Members(document.RootElement)
            : RequestVariables(document.RootElement, options);
        return template.Render(variables, options.Now, cancellationToken);
    }

    private static JsonDocument Parse(string request)
    {
        try
        {
            return JsonDocument.Parse(request, Json);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"expected a JSON object: {error.Message}", error);
        }
    }

    private static Dictionary<string, TemplateValue> RequestVariables(JsonElement request, TemplateOptions options)
    {
        Dictionary<string, TemplateValue> members = Members(request);
        if (!members.TryGetValue("messages", out TemplateValue? messages))
            throw new InvalidDataException("the request has no 'messages'. With --variables its members are the template's variables.");
        var variables = new Dictionary<string, TemplateValue>
        {
            ["messages"] = messages,
            ["tools"] = members.GetValueOrDefault("tools", TemplateValue.None),
            ["documents"] = members.GetValueOrDefault("documents", TemplateValue.None),
            ["add_generation_prompt"] = members.GetValueOrDefault("add_generation_prompt", TemplateValue.From(true)),
        };
        if (options.BosToken is not null)
            variables["bos_token"] = TemplateValue.From(options.BosToken);
        if (options.EosToken is not null)
            variables["eos_token"] = TemplateValue.From(options.EosToken);
        if (!request.TryGetProperty("chat_template_kwargs", out JsonElement extra) || extra.ValueKind == JsonValueKind.Null)
            return variables;
        if (extra.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"'chat_template_kwargs' is an object of variables, not a JSON {extra.ValueKind}.");
        foreach ((string name, TemplateValue value) in Members(extra))
            variables[name] = value;
        return variables;
    }

    /// <summary>The members of an object; of equal names the last counts.</summary>
    private static Dictionary<string, TemplateValue> Members(JsonElement json) => TemplateValue.FromJson(json).ToDictionary();

    private static void WriteError(TextWriter output, string reason, int line) => WriteObject(output, json =>
    {
        json.WriteString("error", reason);
        if (line > 0)
            json.WriteNumber("line", line);
        else
            json.WriteNull("line");
    });

    private static void WriteObject(TextWriter output, Action<Utf8JsonWriter> write)
    {
        output.Write(JsonLine.Write(write));
        output.Write('\n');
    }
}
