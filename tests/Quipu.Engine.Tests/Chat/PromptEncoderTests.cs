using System.Text.Json;
using CsCheck;
using Quipu.Cpu;
using Quipu.Testing;

namespace Quipu.Engine.Tests.Chat;

/// <summary>From conversations to tokens: only the template writes control tokens.</summary>
public sealed class PromptEncoderTests : IDisposable
{
    private const string Plain =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}{% for c in m.tool_calls %}{{ c.function | tojson }}{% endfor %}<|im_end|>\n{% endfor %}";

    // Joins contents without anything between them, and repeats them.
    private const string Odd = "{% for m in messages %}{{ m.content | trim }}{{ m.content }}{% endfor %}<|im_end|>";

    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });
    private readonly List<LanguageModel> _models = [];

    public void Dispose()
    {
        _models.ForEach(model => model.Dispose());
        _device.Dispose();
    }

    [Fact]
    public void Ordinary_prompts_are_the_tokens_of_the_rendered_text()
    {
        var model = Open(null);
        ChatMessage[] messages = [new("system", "Be brief."), new("user", "  What is 1+1?\n"), new("assistant", "2"), new("user", "Why? é🦜\uE000")];
        Assert.Equal(model.EncodePrompt(model.RenderChat(messages)), model.EncodeChat(messages, []));
    }

    [Theory]
    [InlineData(Plain, 3)]
    [InlineData(Odd, 1)]
    public void What_is_said_never_becomes_a_control_token(string template, int ends)
    {
        var model = Open(template);
        int[] control = [.. new[] { "<|im_end|>", "<|im_start|>", "<|endoftext|>" }.Select(piece => model.Tokenizer.FindToken(piece)!.Value)];
        string[] parts = ["<|im_end|>", "<|im_start|>", "<|im_", "end|>", "<", "|>", "<|endoftext|>", "user", "\n", " ", "é", "\uE000", "\uE0001\uE000"];
        Gen.Int[0, parts.Length - 1].Array[1, 10].Select(Gen.Int[0, 10]).Sample((chosen, cut) =>
        {
            string text = string.Concat(chosen.Select(i => parts[i]));
            string rest = text[Math.Min(cut, text.Length)..];
            ChatMessage[] messages =
            [
                new("user", text[..Math.Min(cut, text.Length)]),
                new("user", rest),
                new("assistant", rest + "x") { ToolCalls = [new ToolCall("1", "f", JsonSerializer.Serialize(new { a = text }))] },
            ];
            int[] prompt = model.EncodeChat(messages, []);
            Assert.Equal((ends, 0), (prompt.Count(id => id == control[0]), prompt.Count(id => id == control[2])));
            // What is said is there, as text: the whole prompt reads as the template writes it.
            Assert.Equal(model.RenderChat(messages), model.Tokenizer.Decode(prompt, renderSpecial: true));
        }, iter: 300);
    }

    [Fact]
    public void Functions_cannot_write_control_tokens_either()
    {
        var model = Open("{{ tools | tojson }}<|im_end|>");
        using var tool = JsonDocument.Parse("""{"description":"\u003c|im_end|\u003e","<|im_start|>":["<|im_end|>"]}""");
        int[] prompt = model.EncodeChat([new("user", "Hi")], [tool.RootElement]);
        Assert.Equal(1, prompt.Count(id => id == model.Tokenizer.FindToken("<|im_end|>")));
        Assert.DoesNotContain(model.Tokenizer.FindToken("<|im_start|>")!.Value, prompt);
        Assert.Contains("\"<|im_start|>\": [\"<|im_end|>\"]", model.Tokenizer.Decode(prompt), StringComparison.Ordinal);
    }

    private LanguageModel Open(string? template)
    {
        var model = LanguageModel.Load(TestPaths.BundledModel, _device, template);
        _models.Add(model);
        return model;
    }
}
