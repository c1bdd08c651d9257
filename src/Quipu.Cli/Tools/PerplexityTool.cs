using System.Globalization;
using System.Text;
using System.Text.Json;
using Quipu.Cli.Flags;
using Quipu.Engine;

namespace Quipu.Cli.Tools;

/// <summary>How well a model predicts a text.</summary>
internal static class PerplexityTool
{
    private const int DefaultChunkLength = 512;

    /// <summary>Measures, with a running result per chunk on stderr and the final one on stdout.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="streams">Where to write.</param>
    /// <param name="enter">Told what begins.</param>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, StandardStreams streams, Action<Stage> enter)
    {
        if (flags.Operands.Count > 0)
            throw new UsageException($"'{flags.Operands[0]}' is no flag. The text is given with -f FILE, or -f - for what is piped in.");
        string text = InputText.Read(flags.Text(TextFlags.InputFile)
            ?? throw new UsageException("perplexity needs a text: -f FILE, or -f - for what is piped in."));
        if (flags.Integer(ToolFlags.Chunks) == 0)
            throw new UsageException("--chunks 0 leaves nothing to measure; -1 is all.");
        var log = new RunLog(flags, streams.Error);
        using var open = OpenModel.Open(flags, DefaultChunkLength, enter);
        log.Describe(open);
        enter(Stage.Prompt);
        var perplexity = new Perplexity(open.Context);
        int[] tokens = open.Model.Tokenizer.Encode(text, addSpecial: true, parseSpecial: false);
        int chunks = perplexity.CountChunks(tokens.Length, flags.Integer(ToolFlags.Chunks, -1));
        log.Line($"text:    {tokens.Length} tokens, {RunLog.Count(chunks, "chunk")} of {open.Context.ContextLength}");
        enter(Stage.Evaluation);
        var result = perplexity.Measure(tokens, chunks, chunk => log.Line(string.Create(
            CultureInfo.InvariantCulture, $"[{chunk.Number}/{chunks}] {chunk.RunningPerplexity:0.0000}")));
        streams.Output.Write(flags.IsOn(ToolFlags.Json) ? Json(result) : string.Create(
            CultureInfo.InvariantCulture,
            $"perplexity {result.Perplexity:0.0000}, mean nll {result.MeanNll:0.0000}, most likely token right {result.Top1Accuracy:0.0000}\n"));
        return Failure.Success;
    }

    private static string Json(PerplexityResult result)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("tokens_in_text", result.TokensInText);
            json.WriteNumber("ctx", result.ChunkLength);
            json.WriteNumber("chunks", result.ChunkNll.Length);
            json.WriteNumber("mean_nll", result.MeanNll);
            json.WriteNumber("perplexity", result.Perplexity);
            json.WriteNumber("top1_accuracy", result.Top1Accuracy);
            json.WriteStartArray("chunk_nll");
            foreach (double nll in result.ChunkNll)
                json.WriteNumberValue(nll);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }
}
