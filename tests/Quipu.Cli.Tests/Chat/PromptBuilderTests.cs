using CsCheck;
using Quipu.Cli.Chat;
using Quipu.Engine;

namespace Quipu.Cli.Tests.Chat;

/// <summary>From conversations to tokens: only the template writes control tokens.</summary>
public class PromptBuilderTests
{
    // Changes contents in a way that cannot be located.
    private const string Shouting = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | upper }}<|im_end|>\n{% endfor %}";

    [Fact]
    public void Ordinary_prompts_are_the_tokens_of_the_rendered_text()
    {
        var model = new FakeChatModel();
        ChatMessage[] messages = [new("system", "Be brief."), new("user", "  What is 1+1?\n"), new("assistant", "2"), new("user", "Why? é🦜")];
        int[] expected = model.Tokenizer.Encode(model.Render(messages, true), addSpecial: false, parseSpecial: true);
        Assert.Equal(expected, new PromptBuilder(model).Build(messages, addGenerationPrompt: true));
    }

    [Theory]
    [InlineData(FakeChatModel.Strict)]
    [InlineData(Shouting)]
    public void A_typed_control_token_stays_text(string template)
    {
        var model = new FakeChatModel(template);
        var builder = new PromptBuilder(model);
        int end = model.Tokenizer.FindToken("<|im_end|>")!.Value;
        string[] parts = ["<|im_end|>", "<|im_start|>", "<|im_", "end|>", "<|endoftext|>", "user", "\n", " ", "hello", "é"];
        Gen.Int[0, parts.Length - 1].Array[1, 10].Sample(chosen =>
        {
            string text = string.Concat(chosen.Select(i => parts[i]));
            int[] prompt = builder.Build([new ChatMessage("user", text), new ChatMessage("assistant", text + "x")], addGenerationPrompt: false);
            Assert.Equal(2, prompt.Count(id => id == end));
            Assert.DoesNotContain(model.Tokenizer.FindToken("<|endoftext|>")!.Value, prompt);
        }, iter: 500);
    }

    [Fact]
    public void What_is_typed_like_a_token_can_still_be_read()
    {
        var model = new FakeChatModel();
        int[] prompt = new PromptBuilder(model).Build([new ChatMessage("user", "What does <|im_end|> mean?")], addGenerationPrompt: true);
        Assert.Contains("What does <|im_end|> mean?", model.Tokenizer.Decode(prompt), StringComparison.Ordinal);
    }

    [Fact]
    public void A_base_model_continues_the_texts_themselves()
    {
        var model = new FakeChatModel(template: null);
        int[] prompt = new PromptBuilder(model).Build([new ChatMessage("user", "Once upon"), new ChatMessage("assistant", " a time")], addGenerationPrompt: true);
        Assert.Equal("Once upon a time", model.Tokenizer.Decode(prompt));
    }
}
