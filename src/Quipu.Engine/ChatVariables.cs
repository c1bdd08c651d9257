using Quipu.Templates;

namespace Quipu.Engine;

/// <summary>What a chat template is given, as Hugging Face transformers does: tools and documents are there even without any.</summary>
internal static class ChatVariables
{
    public static TemplateValue Create(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, string? bos, string? eos)
    {
        List<(string, TemplateValue)> variables =
        [
            ("messages", TemplateValue.List(messages.Select(message => TemplateValue.Message(message.Role, message.Content)))),
            ("add_generation_prompt", TemplateValue.From(addGenerationPrompt)),
            ("tools", TemplateValue.None),
            ("documents", TemplateValue.None),
        ];
        if (bos is not null)
            variables.Add(("bos_token", TemplateValue.From(bos)));
        if (eos is not null)
            variables.Add(("eos_token", TemplateValue.From(eos)));
        return TemplateValue.Dict(variables);
    }
}
