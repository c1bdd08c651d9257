using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Engine;
using Quipu.Engine.Scheduling;
using Quipu.Server.Generation;
using Quipu.Server.Http;
using Quipu.Server.Operation;

namespace Quipu.Server.Native;

/// <summary>llama.cpp's <c>/completion</c>: raw text with all sampling fields.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class CompletionEndpoint(ServerCore core)
{
    private const float HighestTemperature = 100;

    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/completion", ServeAsync);
        routes.MapPost("/completions", ServeAsync);
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        var fields = new Fields(body.RootElement);
        if (fields.Array("image_data").Count > 0)
            throw ApiException.Unsupported("image_data", "Images are not supported by this model.");
        var prompts = PromptReader.Read(fields, "prompt", core.Model);
        await CompleteAsync(context, fields, prompts).ConfigureAwait(false);
    }

    /// <summary>Continues prompts as the fields of a request say, and answers.</summary>
    internal async Task CompleteAsync(HttpContext context, Fields fields, IReadOnlyList<int[]> prompts)
    {
        var defaults = core.Options.Generation;
        int probabilities = fields.Int("n_probs", 0, GenerationRequest.MaxTopLogProbs) ?? 0;
        var template = new GenerationRequest
        {
            Prompt = default,
            Options = GenerationReader.Read(fields, defaults, core.Model, HighestTemperature) with
            {
                MaxTokens = GenerationReader.ReadMaxTokens(fields, defaults, "n_predict", "max_tokens"),
            },
            TopLogProbs = probabilities == 0 ? -1 : probabilities,
            CachePrompt = fields.Bool("cache_prompt", otherwise: true),
        };
        bool withTokens = fields.Bool("return_tokens");
        var parts = Merge.RunAsync(
            prompts.Count,
            (i, cancellationToken) => core.GenerateAsync(context, template with { Prompt = prompts[i] }, cancellationToken),
            context.RequestAborted);
        if (fields.Bool("stream"))
            await StreamAsync(context, template, prompts, parts).ConfigureAwait(false);
        else
            await AnswerAsync(context, template, prompts, parts, withTokens).ConfigureAwait(false);
    }

    private async Task AnswerAsync(
        HttpContext context,
        GenerationRequest template,
        IReadOnlyList<int[]> prompts,
        IAsyncEnumerable<(int Index, GenerationStep Step)> parts,
        bool withTokens)
    {
        Answer[] answers = [.. prompts.Select(_ => new Answer())];
        await foreach (var (index, step) in parts.ConfigureAwait(false))
            answers[index].Add(step);
        NativeCompletion[] bodies = [.. answers.Select((answer, i) => Whole(template, prompts[i], answer, i) with
        {
            Content = answer.Text,
            Tokens = withTokens ? answer.Tokens : [],
            CompletionProbabilities = template.TopLogProbs < 0 ? null : [.. answer.LogProbs.Select(each => TokenLogProbBody.Of(each, withIds: true))],
        })];
        if (bodies.Length == 1)
            await Reply.JsonAsync(context, bodies[0], ServerJson.Shared.NativeCompletion).ConfigureAwait(false);
        else
            await Reply.JsonAsync(context, bodies, ServerJson.Shared.NativeCompletionArray).ConfigureAwait(false);
    }

    private async Task StreamAsync(
        HttpContext context,
        GenerationRequest template,
        IReadOnlyList<int[]> prompts,
        IAsyncEnumerable<(int Index, GenerationStep Step)> parts)
    {
        var stream = new EventStream(context, core.Options.Timeout);
        Answer[] answers = [.. prompts.Select(_ => new Answer())];
        await stream.RunAsync(parts, SendAsync).ConfigureAwait(false);

        async Task SendAsync((int Index, GenerationStep Step) part)
        {
            var (index, step) = part;
            var answer = answers[index];
            answer.Add(step);
            if (step.Text.Length > 0 || step.LogProbs is not null)
                await stream.SendAsync(Part(step, index, answer.Tokens.Count, prompts[index].Length), ServerJson.Shared.NativeCompletion).ConfigureAwait(false);
            if (step.Finish != FinishReason.None)
                await stream.SendAsync(Whole(template, prompts[index], answer, index), ServerJson.Shared.NativeCompletion).ConfigureAwait(false);
        }
    }

    private static NativeCompletion Part(GenerationStep step, int index, int generated, int evaluated) => new()
    {
        Index = index,
        Content = step.Text,
        Tokens = step.Token >= 0 ? [step.Token] : [],
        Stop = false,
        TokensPredicted = generated,
        TokensEvaluated = evaluated,
        CompletionProbabilities = step.LogProbs is { } known ? [TokenLogProbBody.Of(known, withIds: true)] : null,
    };

    private NativeCompletion Whole(GenerationRequest template, int[] prompt, Answer answer, int index)
    {
        var statistics = answer.Statistics;
        return new NativeCompletion
        {
            Index = index,
            Content = "",
            Stop = true,
            Model = core.ModelName,
            TokensPredicted = statistics.GeneratedTokens,
            TokensEvaluated = statistics.PromptTokens,
            TokensCached = statistics.PromptTokens + statistics.GeneratedTokens,
            GenerationSettings = GenerationSettings.Of(template.Options),
            Prompt = core.Model.Tokenizer.Decode(prompt, renderSpecial: true),
            Truncated = answer.Finish == FinishReason.ContextFull,
            StopType = answer.Finish switch
            {
                FinishReason.EndOfGeneration => "eos",
                FinishReason.StopString => "word",
                _ => "limit",
            },
            StoppingWord = StoppingWord.Find(template.Options, answer.Finish, [.. answer.Tokens], answer.Text, core.Model.Tokenizer) ?? "",
            Timings = Timings.Of(statistics),
        };
    }
}
