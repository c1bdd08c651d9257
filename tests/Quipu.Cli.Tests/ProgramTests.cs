using System.Text.Json;
using Quipu.Testing;

namespace Quipu.Cli.Tests;

/// <summary>The real program, from its command line to its exit code.</summary>
public class ProgramTests
{
    [Fact]
    public async Task Version_and_help_need_no_model()
    {
        var version = await QuipuProcess.RunAsync("", "--version");
        Assert.Equal(0, version.ExitCode);
        Assert.Matches(@"^quipu \d+\.\d+\.\d+\n$", version.Output);
        var help = await QuipuProcess.RunAsync("", "--cli", "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.StartsWith("quipu --cli: ", help.Output, StringComparison.Ordinal);
        Assert.Empty(version.Error + help.Error);
    }

    [Theory]
    [InlineData(1, "There is no flag --bogus.", "--cli", "--bogus")]
    [InlineData(1, "--v2 is not supported: ", "--v2")]
    [InlineData(1, "The prompt is empty", "--cli")]
    [InlineData(1, "--dry-sequence-breaker is empty", "--cli", "-p", "x", "--dry-sequence-breaker", "")]
    [InlineData(2, "no-such-model.gguf", "--cli", "-p", "x", "-m", "no-such-model.gguf")]
    [InlineData(4, "49151", "--cli", "-p", "x", "-l", "99999999+1")]
    [InlineData(5, "context holds 16", "--cli", "-p", "Say hello to all the friends of this house, please, and do it now.", "-c", "16")]
    public async Task Errors_have_a_sentence_and_a_code(int exitCode, string message, params string[] arguments)
    {
        var result = await QuipuProcess.RunAsync("", [.. arguments, .. arguments.Contains("-p") ? new[] { "--log-disable" } : []]);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Script_mode_answers_through_the_template()
    {
        string expected = Golden("hello").Replace("<|im_end|>", "", StringComparison.Ordinal);
        var result = await QuipuProcess.RunAsync("", "--cli", "-p", "Hello!", "--log-disable");
        Assert.Equal(new RunResult(0, expected + "\n", ""), result);
    }

    [Fact]
    public async Task Script_mode_says_what_runs_and_shows_what_is_asked_for()
    {
        var result = await QuipuProcess.RunAsync("Hello!\n", "--cli", "--special", "--verbose", "--seed", "1");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(Golden("hello") + "\n", result.Output);
        Assert.All(["note:    ", "model:   ", "device:  ", "context: ", "startup: ", "prompt:  32 tokens", "end:     the model ended"],
            line => Assert.Contains(line, result.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Raw_text_is_continued_with_any_number_of_threads()
    {
        string expected = Golden("raw");
        foreach (string[] threads in (string[][])[["-t", "1"], ["-t", "2"], ["-t", "1", "-tb", "3"]])
        {
            var result = await QuipuProcess.RunAsync(
                "", ["--cli", "--raw", "--display-prompt", "-p", @"Four score\x20and seven years ago", "-n", "5", "--log_disable", .. threads]);
            Assert.Equal(0, result.ExitCode);
            Assert.Equal(("Four score and seven years ago" + expected)[..(result.Output.Length - 1)] + "\n", result.Output);
            Assert.Equal(", I was a young".Length, result.Output.Length - "Four score and seven years ago\n".Length);
        }
    }

    [Fact]
    public async Task Prompts_come_from_stdin_and_end_at_the_reverse_prompt()
    {
        var result = await QuipuProcess.RunAsync(
            "seven years ago\n", "--cli", "--raw", "-p", "Four score and ", "-f", "/dev/stdin", "-r", " young", "--log-disable");
        Assert.Equal(new RunResult(0, ", I was a\n", ""), result);
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_the_program_quietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the system hides that the reader has left.");
        using var process = QuipuProcess.Start("--cli", "--raw", "--ignore-eos", "-p", "Once", "--log-disable");
        char[] first = new char[1];
        Assert.Equal(1, await process.StandardOutput.ReadAsync(first, TestContext.Current.CancellationToken));
        process.StandardOutput.Close();
        Assert.Empty(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_text_with_a_newline()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Signals are sent by kill.");
        using var process = QuipuProcess.Start("--cli", "--raw", "--ignore-eos", "-p", "Once");
        char[] first = new char[1];
        Assert.Equal(1, await process.StandardOutput.ReadAsync(first, TestContext.Current.CancellationToken));
        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        string rest = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, process.ExitCode);
        Assert.EndsWith("\n", rest, StringComparison.Ordinal);
        Assert.Contains("end:     interrupted", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_write_json()
    {
        var inspect = await QuipuProcess.RunAsync("", "inspect", TestPaths.BundledModel, "--json");
        using (var json = JsonDocument.Parse(inspect.Output))
            Assert.Equal(272, json.RootElement.GetProperty("tensors").GetArrayLength());
        var tokens = await QuipuProcess.RunAsync("\"Hello\"\n", "tokenize", "--jsonl", "-");
        Assert.Equal(new RunResult(0, "[19556]\n", ""), tokens);
        var text = await QuipuProcess.RunAsync("", "tokenize", "--decode", "--json", "19556");
        Assert.Equal(new RunResult(0, "{\"ids\":[19556],\"text\":\"Hello\"}\n", ""), text);
        const string request = """{"messages":[{"role":"user","content":"Hi"}]}""";
        var prompt = await QuipuProcess.RunAsync(request + "\n", "template", "--jsonl", "-f", "-");
        Assert.Equal(0, prompt.ExitCode);
        Assert.Contains("<|im_start|>user\\nHi<|im_end|>", prompt.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Perplexity_writes_json()
    {
        string text = string.Concat(Enumerable.Range(0, 40).Select(i => $"The number after {i} is {i + 1}. "));
        var result = await QuipuProcess.RunAsync(text, "perplexity", "-f", "-", "-c", "64", "--chunks", "2", "--json");
        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(64, json.RootElement.GetProperty("ctx").GetInt32());
        Assert.Equal(2, json.RootElement.GetProperty("chunk_nll").GetArrayLength());
        double nll = json.RootElement.GetProperty("mean_nll").GetDouble();
        Assert.InRange(nll, 0.01, 1.5);
        Assert.Equal(Math.Exp(nll), json.RootElement.GetProperty("perplexity").GetDouble(), 1e-9);
        Assert.Contains("[2/2] ", result.Error, StringComparison.Ordinal);
    }

    private static string Golden(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(TestPaths.Fixture("smollm2-135m", "prompts.json")));
        return json.RootElement.EnumerateArray().Single(prompt => prompt.GetProperty("name").GetString() == name)
            .GetProperty("greedy_text").GetString()!;
    }
}
