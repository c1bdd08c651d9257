using System.Runtime.InteropServices;
using Quipu.Cli.Flags;
using Quipu.Engine;

namespace Quipu.Cli.Script;

/// <summary>Script mode: one prompt in, its continuation on stdout, the log on stderr.</summary>
internal static class ScriptMode
{
    private const int DefaultContextLength = 8192;

    /// <summary>Runs it.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="streams">Where to write.</param>
    /// <param name="enter">Told what begins.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ParsedFlags flags, StandardStreams streams, Action<Stage> enter)
    {
        var log = new RunLog(flags, streams.Error);
        var options = GenerationFlagReader.Read(flags);
        if (SamplingFlagReader.WithoutEffect(flags, options.Sampling) is { } note)
            log.Line("note:    " + note);
        string prompt = ScriptPrompt.Read(flags, Console.IsInputRedirected);
        using var interrupt = new CancellationTokenSource();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            // The second Ctrl-C ends the program at once.
            context.Cancel = !interrupt.IsCancellationRequested;
            interrupt.Cancel();
        });
        using var open = OpenModel.Open(flags, DefaultContextLength, enter);
        log.Describe(open);
        enter(Stage.Prompt);
        int[] tokens = ScriptPrompt.Encode(flags, open.Model, prompt);
        var output = new ScriptOutput(streams.Output, flags.IsOn(TextFlags.Color) && !Console.IsOutputRedirected);
        if (flags.IsOn(TextFlags.DisplayPrompt))
            output.WritePrompt(open.Model.Tokenizer.Decode(tokens, flags.IsOn(TextFlags.Special)));
        enter(Stage.Evaluation);
        return await GenerateAsync(open, tokens, options, output, log, interrupt.Token).ConfigureAwait(false);
    }

    private static async Task<int> GenerateAsync(
        OpenModel open, int[] prompt, GenerationOptions options, ScriptOutput output, RunLog log, CancellationToken cancellationToken)
    {
        using var sequence = open.Context.CreateSequence();
        var generator = new TextGenerator(open.Context, sequence);
        var finish = FinishReason.None;
        int exitCode = Failure.Success;
        try
        {
            await foreach (var step in generator.GenerateAsync(prompt, options, null, cancellationToken).ConfigureAwait(false))
            {
                output.Write(step.Text);
                log.FirstToken(open);
                finish = step.Finish;
            }
        }
        catch (OperationCanceledException)
        {
            exitCode = Failure.Interrupted;
        }
        output.End(interrupted: exitCode == Failure.Interrupted);
        log.Finish(generator.Statistics, finish);
        return exitCode;
    }
}
