using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Quipu.Cli.Flags;
using Quipu.Engine;
using Quipu.Tensors;

namespace Quipu.Cli;

/// <summary>What script mode and tools say on stderr: what really runs, and what it took. Silent with --log-disable.</summary>
/// <param name="flags">Whether to write at all, and how much.</param>
/// <param name="stderr">Where to write.</param>
internal sealed class RunLog(ParsedFlags flags, TextWriter stderr)
{
    private readonly bool _silent = flags.IsOn(TextFlags.LogDisable);
    private readonly bool _verbose = flags.IsOn(GeneralFlags.Verbose);
    private readonly long _start = Stopwatch.GetTimestamp();
    private bool _started;

    /// <summary>Writes a line.</summary>
    public void Line(string text)
    {
        if (!_silent)
            stderr.WriteLine(text);
    }

    /// <summary>Writes what runs: model, device, context.</summary>
    public void Describe(OpenModel open)
    {
        if (_silent)
            return;
        Describe(open.Model, open.Device);
        var model = open.Model;
        string cut = flags.Integer(GeneralFlags.ContextSize) is { } asked && asked > open.Context.ContextLength
            ? $", not the {asked} asked for, since the model was trained for no more"
            : $" of the {model.TrainedContextLength} that the model was trained for";
        Line($"context: {open.Context.ContextLength} tokens{cut}, {Mebibytes(open.Context.CacheBytes)} when full");
    }

    /// <summary>Writes which model runs on which device.</summary>
    public void Describe(LanguageModel model, IDevice on)
    {
        if (_silent)
            return;
        var device = on.Description;
        Line($"model:   {model.Name} ({model.FileName}), {model.Model.Shape.Architecture}, {(model.IsBaseModel ? "base model" : "with a chat template")}");
        string forPrompts = flags.Integer(GeneralFlags.BatchThreads) is { } threads ? $", {threads} for prompts" : "";
        Line($"device:  {device.Name}, {device.InstructionSet}, {Count(device.Threads, "thread")}{forPrompts}");
        if (_verbose)
            foreach (string detail in device.Details)
                Line($"         {detail}");
    }

    /// <summary>Writes, once and only with --verbose, what came before the first token.</summary>
    public void FirstToken(OpenModel open)
    {
        if (_started || _silent || !_verbose)
            return;
        _started = true;
        var sinceStart = Stopwatch.GetElapsedTime(_start);
        var sinceProcess = DateTime.Now - Process.GetCurrentProcess().StartTime;
        Line(string.Create(
            CultureInfo.InvariantCulture,
            $"startup: {Milliseconds(sinceProcess)} to the first token: runtime and flags {Milliseconds(sinceProcess - sinceStart)}, "
            + $"model and tokenizer {Milliseconds(open.LoadTime)}, context {Milliseconds(open.ContextTime)}, "
            + $"prompt and first token {Milliseconds(sinceStart - open.LoadTime - open.ContextTime)}"));
        // None in a program that was compiled as a whole.
        if (JitInfo.GetCompiledMethodCount() is var methods and > 0)
            Line($"         {Count(methods, "method")} compiled meanwhile, in {Milliseconds(JitInfo.GetCompilationTime())} of all threads");
    }

    /// <summary>Writes what a generation took, and why it ended.</summary>
    public void Finish(GenerationStatistics statistics, FinishReason finish)
    {
        if (_silent)
            return;
        Line("");
        Line($"prompt:  {Rate(statistics.PromptTokens - statistics.ReusedTokens, statistics.PromptTime)}");
        // The first token comes from the prompt's own pass.
        Line($"text:    {Rate(Math.Max(0, statistics.GeneratedTokens - 1), statistics.GenerationTime)}, after the first");
        Line($"sampler: {Milliseconds(statistics.SamplingTime)}");
        Line($"end:     {Reason(finish)}");
    }

    /// <summary>A number and what it counts.</summary>
    public static string Count(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static string Reason(FinishReason finish) => finish switch
    {
        FinishReason.EndOfGeneration => "the model ended the text",
        FinishReason.StopString => "the reverse prompt came",
        FinishReason.MaxTokens => "the number of tokens of -n",
        FinishReason.ContextFull => "the context is full; -c 0 gives as much as the model was trained for",
        _ => "interrupted",
    };

    private static string Rate(int tokens, TimeSpan time)
    {
        double seconds = time.TotalSeconds;
        string rate = seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $", {tokens / seconds:0.0} tokens/s") : "";
        return $"{Count(tokens, "token")} in {Milliseconds(time)}{rate}";
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB");
}
