using System.Text;
using Quipu.Gguf;

namespace Quipu.Engine.Chat;

/// <summary>
/// Brings a conversation with functions into the form that a model's template can write: as it is where the template knows functions,
/// else in plain turns of system, user and assistant.
/// </summary>
/// <param name="format">How the model writes calls.</param>
internal sealed class ToolPrompt(ToolFormat format)
{
    /// <summary>The messages for the template.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="tools">The functions that the model is told of.</param>
    public List<ChatMessage> Prepare(IReadOnlyList<ChatMessage> messages, IReadOnlyList<ToolDefinition> tools)
    {
        var prepared = format.TemplateHasTools ? ForTemplate(messages) : Plain(messages);
        if (!format.TemplateHasTools && tools.Count > 0)
            AddInstructions(prepared, tools);
        return prepared;
    }

    private List<ChatMessage> ForTemplate(IReadOnlyList<ChatMessage> messages)
    {
        List<ChatMessage> prepared = [];
        foreach (var message in format.IsSingle ? OneByOne(messages) : messages)
        {
            var next = format.HasShortIds ? WithShortIds(message) : message;
            if (!next.ToolCalls.IsEmpty && !format.TemplateWritesCalls)
                next = Written(next);
            prepared.Add(next);
        }
        return prepared;
    }

    private ChatMessage Written(ChatMessage message) =>
        new(message.Role, message.Content + format.Write(message.ToolCalls));

    private List<ChatMessage> Plain(IReadOnlyList<ChatMessage> messages)
    {
        List<ChatMessage> plain = [];
        foreach (var message in messages)
        {
            if (message.Role == "tool")
                AddResult(plain, message.Content);
            else
                plain.Add(message.ToolCalls.IsEmpty ? message : Written(message));
        }
        return plain;
    }

    /// <summary>Results of several calls are one message: many templates want the roles to take turns.</summary>
    private static void AddResult(List<ChatMessage> plain, string content)
    {
        string text = $"<tool_response>\n{content}\n</tool_response>";
        if (plain is [.., { Role: "user" } last] && last.Content.EndsWith("</tool_response>", StringComparison.Ordinal))
            plain[^1] = last with { Content = last.Content + "\n" + text };
        else
            plain.Add(new ChatMessage("user", text));
    }

    private void AddInstructions(List<ChatMessage> messages, IReadOnlyList<ToolDefinition> tools)
    {
        var text = new StringBuilder("You can call functions to help with the request. Their signatures:\n<tools>\n");
        foreach (var tool in tools)
            text.Append(tool.ToJson().GetRawText()).Append('\n');
        text.Append("</tools>\nTo call one, answer with its name and arguments as JSON:\n")
            .Append(format.Begin).Append("\n{\"name\": NAME, \"arguments\": ARGUMENTS}\n").Append(format.End);
        if (messages is [{ Role: "system" } system, ..])
            messages[0] = system with { Content = $"{system.Content}\n\n{text}" };
        else
            messages.Insert(0, new ChatMessage("system", text.ToString()));
    }

    /// <summary>Several calls at once become one after the other, each with its result: Llama's templates refuse more.</summary>
    private static IEnumerable<ChatMessage> OneByOne(IReadOnlyList<ChatMessage> messages)
    {
        for (int i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            if (message.ToolCalls.Length < 2)
            {
                yield return message;
                continue;
            }
            List<ChatMessage> results = [.. messages.Skip(i + 1).TakeWhile(next => next.Role == "tool")];
            i += results.Count;
            foreach (var call in message.ToolCalls)
            {
                yield return message with { ToolCalls = [call] };
                if (results.Find(result => result.ToolCallId == call.Id) is { } result)
                {
                    results.Remove(result);
                    yield return result;
                }
            }
            foreach (var rest in results)
                yield return rest;
        }
    }

    private static ChatMessage WithShortIds(ChatMessage message) => message with
    {
        ToolCalls = [.. message.ToolCalls.Select(call => call with { Id = Short(call.Id) })],
        ToolCallId = message.ToolCallId is { } id ? Short(id) : message.Role == "tool" ? Short("") : null,
    };

    private static string Short(string id) => id.Length == ToolFormat.ShortIdLength && id.All(char.IsAsciiLetterOrDigit)
        ? id
        : Convert.ToHexStringLower(Sha256.Hash(Encoding.UTF8.GetBytes(id)))[..ToolFormat.ShortIdLength];
}
