using Quipu.Cli.Flags;
using Quipu.Cli.Script;
using Quipu.Engine;
using Quipu.Engine.Sampling;
using Quipu.Gguf;
using Quipu.Models;
using Quipu.Testing;

namespace Quipu.Cli.Tests;

/// <summary>Errors, exit codes and stdout of script mode.</summary>
public class FailureTests
{
    public static TheoryData<Exception, string, int> Errors => new()
    {
        { new UsageException("x"), nameof(Stage.Evaluation), 1 },
        { new FileNotFoundException("x"), nameof(Stage.Arguments), 1 },
        { new FileNotFoundException("x"), nameof(Stage.Model), 2 },
        { new GgufException("x"), nameof(Stage.Arguments), 2 },
        { new ModelException("x"), nameof(Stage.Model), 2 },
        { new NotSupportedException("x"), nameof(Stage.Model), 2 },
        { new InsufficientMemoryException("x"), nameof(Stage.Context), 3 },
        { new SamplingOptionsException("TopK", "x"), nameof(Stage.Evaluation), 4 },
        { new ContextFullException("x"), nameof(Stage.Evaluation), 5 },
        { new InvalidLogitsException("x"), nameof(Stage.Evaluation), 6 },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void A_user_s_error_is_a_sentence_and_an_exit_code(Exception error, string stage, int exitCode)
    {
        using var stderr = new StringWriter();
        Assert.Equal(exitCode, Failure.Report(error, Enum.Parse<Stage>(stage), verbose: false, stderr));
        Assert.Equal("error: x" + Environment.NewLine, stderr.ToString());
    }

    [Fact]
    public void An_unexpected_error_has_its_trace_only_on_request()
    {
        using var brief = new StringWriter();
        Assert.Equal(6, Failure.Report(new InvalidOperationException("x"), Stage.Evaluation, verbose: false, brief));
        Assert.StartsWith("error: unexpected InvalidOperationException: x", brief.ToString(), StringComparison.Ordinal);
        Assert.Contains("--verbose", brief.ToString(), StringComparison.Ordinal);
        using var full = new StringWriter();
        Failure.Report(Thrown(), Stage.Evaluation, verbose: true, full);
        Assert.Contains("   at ", full.ToString(), StringComparison.Ordinal);

        static Exception Thrown() => Assert.Throws<InvalidOperationException>(void () => throw new InvalidOperationException("x"));
    }

    [Fact]
    public void A_broken_pipe_and_an_interrupt_are_silent()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other numbers of errors.");
        using var stderr = new StringWriter();
        Assert.Equal(0, Failure.Report(new IOException("Broken pipe", 32), Stage.Evaluation, verbose: false, stderr));
        Assert.Equal(130, Failure.Report(new OperationCanceledException(), Stage.Evaluation, verbose: false, stderr));
        Assert.Empty(stderr.ToString());
    }

    [Theory]
    [InlineData(new[] { "a", "b" }, false, "ab\n")]
    [InlineData(new[] { "a\n" }, false, "a\n")]
    [InlineData(new[] { "a\n", "" }, true, "a\n\n")]
    [InlineData(new string[0], false, "\n")]
    public void Output_ends_with_a_newline(string[] pieces, bool interrupted, string expected)
    {
        using var stdout = new StringWriter();
        var output = new ScriptOutput(stdout, color: false);
        foreach (string piece in pieces)
            output.Write(piece);
        output.End(interrupted);
        Assert.Equal(expected, stdout.ToString());
    }

    [Fact]
    public void Colours_end_where_they_began()
    {
        using var stdout = new StringWriter();
        var output = new ScriptOutput(stdout, color: true);
        output.WritePrompt("p");
        output.Write("a");
        output.Write("b");
        output.End(interrupted: false);
        Assert.Equal("\e[33mp\e[0m\e[32mab\e[0m\n", stdout.ToString());
    }

    [Theory]
    [InlineData("a\n", "a")]
    [InlineData("a\r\n", "a")]
    [InlineData("a\n\n", "a\n")]
    [InlineData("", "")]
    public void One_newline_is_stripped_from_a_file(string text, string expected) =>
        Assert.Equal(expected, InputText.WithoutLastNewline(text));

    [Fact]
    public void The_default_model_is_beside_the_program_or_in_the_source_tree()
    {
        Assert.Equal(TestPaths.BundledModel, DefaultModel.Find(AppContext.BaseDirectory));
        string folder = Directory.CreateTempSubdirectory("quipu-").FullName;
        try
        {
            Assert.Null(DefaultModel.Find(folder));
            Directory.CreateDirectory(Path.Combine(folder, "models"));
            File.WriteAllText(Path.Combine(folder, "models", DefaultModel.FileName), "");
            Assert.Equal(Path.Combine(folder, "models", DefaultModel.FileName), DefaultModel.Find(folder));
            File.WriteAllText(Path.Combine(folder, DefaultModel.FileName), "");
            Assert.Equal(Path.Combine(folder, DefaultModel.FileName), DefaultModel.Find(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
