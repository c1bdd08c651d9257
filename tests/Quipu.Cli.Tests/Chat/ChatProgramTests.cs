using System.Globalization;
using System.Text.Json;
using Quipu.Testing;

namespace Quipu.Cli.Tests.Chat;

/// <summary>The chat as its user has it: the real program and the bundled model, on a terminal and in a pipe.</summary>
public sealed class ChatProgramTests : IDisposable
{
    private const string CtrlC = "\x03";
    private const string CtrlD = "\x04";

    private readonly string _home = Directory.CreateTempSubdirectory("quipu-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task A_question_is_answered_and_the_history_kept()
    {
        string expected = Golden("hello").Replace("<|im_end|>", "", StringComparison.Ordinal);
        await using var terminal = PseudoTerminal.Start(_home, "--temp", "0", "-p", "");
        string banner = await terminal.PromptAsync();
        Assert.Contains("model:    SmolLM2-135M-Instruct-Q4_1.gguf", banner, StringComparison.Ordinal);
        Assert.Contains("compute:  ", banner, StringComparison.Ordinal);
        await terminal.ExpectAsync("\e[2msay something (or type /help for help)\e[0m");
        await terminal.EnterAsync("Hello!");
        await terminal.TypeAsync("/und\t\r"); // while the answer comes
        Assert.Equal(expected, (await terminal.PromptAsync()).Trim());
        await terminal.ExpectAsync("restoring conversation to: (nothing)");
        await terminal.PromptAsync();
        await terminal.EnterAsync("/contxt");
        await terminal.ExpectAsync("\e[1;31m/contxt: unrecognized command\e[0m");
        await terminal.PromptAsync();
        await terminal.EnterAsync("\e[A\e[A\e[A");
        Assert.Equal(expected, (await terminal.PromptAsync()).Trim());
        await terminal.TypeAsync(CtrlD);
        Assert.Equal(0, await terminal.ExitAsync());
        Assert.Equal(["Hello!", "/undo", "/contxt", "Hello!"], File.ReadAllLines(Path.Combine(_home, ".quipu_history")));
    }

    [Fact]
    public async Task Several_lines_are_one_message_however_they_are_typed()
    {
        await using var terminal = PseudoTerminal.Start(_home, "--nologo", "--temp", "0", "-n", "1", "-p", "");
        foreach (string keys in (string[])["\"\"\"one\rtwo\"\"\"", "three\nfour", "\e[200~five\rsix\e[201~"])
        {
            await terminal.PromptAsync();
            await terminal.EnterAsync(keys);
        }
        await terminal.PromptAsync();
        await terminal.EnterAsync("/dump");
        string dump = (await terminal.PromptAsync()).ReplaceLineEndings("\n");
        Assert.All(["user\none\ntwo<|im_end|>", "user\nthree\nfour<|im_end|>", "user\nfive\nsix<|im_end|>"],
            message => Assert.Contains(message, dump, StringComparison.Ordinal));
        await terminal.EnterAsync("/exit");
        Assert.Equal(0, await terminal.ExitAsync());
    }

    [Fact]
    public async Task Ctrl_C_stops_an_answer_and_leaves_at_the_prompt()
    {
        await using var terminal = PseudoTerminal.Start(_home, "--nologo", "--temp", "0", "--ignore-eos", "-p", "");
        await terminal.PromptAsync();
        await terminal.EnterAsync("Tell me a story.");
        await terminal.ExpectAsync(" the ");
        await terminal.TypeAsync(CtrlC);
        Assert.EndsWith("\r\n", await terminal.PromptAsync(), StringComparison.Ordinal);
        await terminal.EnterAsync("/undo");
        await terminal.ExpectAsync("restoring conversation to: (nothing)");
        await terminal.PromptAsync();
        await terminal.TypeAsync(CtrlC);
        Assert.Equal(0, await terminal.ExitAsync());
    }

    [Fact]
    public async Task Ctrl_C_while_a_prompt_is_loading_takes_the_message_back()
    {
        string path = Path.Combine(_home, "long.txt");
        File.WriteAllText(path, string.Concat(Enumerable.Range(0, 700).Select(i => $"Line {i} of many.\n")));
        await using var terminal = PseudoTerminal.Start(_home, "--nologo", "-p", "", "-ub", "32");
        await terminal.PromptAsync();
        await terminal.EnterAsync($"/upload {_home}/lo\t");
        await terminal.ExpectAsync("long.txt (");
        await terminal.PromptAsync();
        await terminal.EnterAsync("What is this?");
        await terminal.ExpectAsync("loading prompt 1%");
        await terminal.TypeAsync(CtrlC);
        await terminal.PromptAsync();
        await terminal.EnterAsync("/context");
        await terminal.ExpectAsync("0 out of 8192 context tokens used");
        await terminal.PromptAsync();
        await terminal.TypeAsync(CtrlD);
        Assert.Equal(0, await terminal.ExitAsync());
    }

    [Fact]
    public async Task A_full_context_is_said_with_the_remedy()
    {
        string words = string.Concat(Enumerable.Range(0, 50).Select(i => i.ToString(CultureInfo.InvariantCulture) + " "));
        var result = await QuipuProcess.RunAsync($"{words}\nHello!\n", "--chat", "--temp", "0", "-p", "", "-c", "64", "--ignore-eos", "--nologo");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("the context holds 64: the message was not sent.\nMake room with /forget", result.Error, StringComparison.Ordinal);
        Assert.Contains("The answer ends here: the context of 64 tokens is full.", result.Error, StringComparison.Ordinal);
        Assert.Contains("-c 0 gives the model's maximum of 8192 tokens", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_gets_the_model_s_words_alone()
    {
        string expected = Golden("hello").Replace("<|im_end|>", "", StringComparison.Ordinal);
        var result = await QuipuProcess.RunAsync("Hello!\n/exit\nnever read\n", "--chat", "--temp", "0", "-p", "");
        Assert.Equal((0, expected + "\n"), (result.ExitCode, result.Output));
        Assert.DoesNotContain("\e", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(">>> ", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Contains("software: quipu ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_prompt_and_a_file_to_talk_about_come_from_the_command_line()
    {
        string path = Path.Combine(_home, "facts.txt");
        File.WriteAllText(path, "The answer is 42.");
        var result = await QuipuProcess.RunAsync("Which number?\n/dump\n", "--chat", "-p", @"Be brief.\nBe kind.", "-f", path, "-n", "1", "--nologo");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("Be brief.\nBe kind.\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("<|im_start|>system\nBe brief.\nBe kind.<|im_end|>\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("```txt\nThe answer is 42.\n```\n\nWhich number?<|im_end|>", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("give one of them", "-p", "a", "--system-prompt", "b")]
    [InlineData("no-such-file.txt does not exist.", "-f", "no-such-file.txt")]
    [InlineData("--reverse-prompt is empty.", "-r", "")]
    public async Task Wrong_flags_end_before_the_model_is_loaded(string message, params string[] arguments)
    {
        var result = await QuipuProcess.RunAsync("", arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_model_completes_raw_text()
    {
        string gemma = TestPaths.Require(TestPaths.Gemma, "Gemma 3 270M");
        var result = await QuipuProcess.RunAsync("four score and seven\n", "--chat", "-m", gemma, "--temp", "0", "-n", "8");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("mode:     RAW TEXT COMPLETION (base model)", result.Error, StringComparison.Ordinal);
        var script = await QuipuProcess.RunAsync("four score and seven", "--cli", "-m", gemma, "-n", "8", "--log-disable");
        Assert.Equal(script, result with { Error = "" });
    }

    private static string Golden(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(TestPaths.Fixture("smollm2-135m", "prompts.json")));
        return json.RootElement.EnumerateArray().Single(prompt => prompt.GetProperty("name").GetString() == name)
            .GetProperty("greedy_text").GetString()!;
    }
}
