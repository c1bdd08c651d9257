using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Engine;
using Quipu.Engine.Scheduling;
using Quipu.Server.Generation;
using Quipu.Server.Http;

namespace Quipu.Server.Completions;

/// <summary>OpenAI's <c>/v1/completions</c>: raw text, continued.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class CompletionsEndpoint(ServerCore core)
{
    /// <summary>Maps the route.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/completions", ServeAsync);

    private async Task ServeAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        var request = CompletionRequest.Read(new Fields(body.RootElement), core);
        if (request.Streaming.Stream)
            await StreamAsync(context, request).ConfigureAwait(false);
        else
            await AnswerAsync(context, request).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context, CompletionRequest request)
    {
        var answers = new Answer[request.Prompts.Count * request.BestOf];
        for (int i = 0; i < answers.Length; i++)
            answers[i] = new Answer();
        await foreach (var (index, step) in RunAsync(context, request, request.BestOf).ConfigureAwait(false))
            answers[index].Add(step);

        List<CompletionChoice> choices = [];
        foreach (var candidates in answers.Chunk(request.BestOf))
        {
            int[] prompt = request.Prompts[choices.Count / request.Count];
            var best = request.BestOf == request.Count ? candidates : candidates.OrderByDescending(each => each.MeanLogProb).Take(request.Count);
            foreach (var answer in best)
                choices.Add(new CompletionChoice(
                    Echo(request, prompt) + answer.Text, choices.Count, LogProbs(request, prompt, answer), Answer.FinishWord(answer.Finish)));
        }
        var firsts = answers.Where((_, i) => i % request.BestOf == 0).Select(answer => answer.Statistics);
        var others = answers.Where((_, i) => i % request.BestOf != 0).Select(answer => answer.Statistics);
        var reply = NewBody(choices) with { Usage = Usage.Sum(firsts, others), Timings = Timings.Of(answers[0].Statistics) };
        await Reply.JsonAsync(context, reply, ServerJson.Shared.CompletionBody).ConfigureAwait(false);
    }

    private async Task StreamAsync(HttpContext context, CompletionRequest request)
    {
        var stream = new EventStream(context, core.Options.Timeout);
        var template = NewBody([]);
        int total = request.Prompts.Count * request.Count;
        var columns = new LogProbColumns?[total];
        bool[] begun = new bool[total];
        var statistics = new GenerationStatistics[total];
        var parts = RunAsync(context, request, request.Count);
        await stream.RunAsync(parts, SendAsync).ConfigureAwait(false);
        if (request.Streaming.IncludeUsage)
        {
            var usage = Usage.Sum(
                statistics.Where((_, i) => i % request.Count == 0), statistics.Where((_, i) => i % request.Count != 0));
            await stream.SendAsync(template with { Usage = usage }, ServerJson.Shared.CompletionBody).ConfigureAwait(false);
        }
        await stream.SendDoneAsync().ConfigureAwait(false);

        async Task SendAsync((int Index, GenerationStep Step) part)
        {
            var (index, step) = part;
            int[] prompt = request.Prompts[index / request.Count];
            string text = (begun[index] ? "" : Echo(request, prompt)) + step.Text;
            var logProbs = StepLogProbs(request, prompt, step, columns, index, begun[index]);
            begun[index] = true;
            bool ended = step.Finish != FinishReason.None;
            if (ended)
                statistics[index] = step.Statistics!;
            if (text.Length == 0 && logProbs is null && !ended)
                return;
            var choice = new CompletionChoice(text, index, logProbs, ended ? Answer.FinishWord(step.Finish) : null);
            var timings = ended ? Timings.Of(step.Statistics!) : null;
            await stream.SendAsync(template with { Choices = [choice], Timings = timings }, ServerJson.Shared.CompletionBody).ConfigureAwait(false);
        }
    }

    private IAsyncEnumerable<(int Index, GenerationStep Item)> RunAsync(HttpContext context, CompletionRequest request, int perPrompt) =>
        Merge.RunAsync(
            request.Prompts.Count * perPrompt,
            (i, cancellationToken) => core.GenerateAsync(context, request.ForChoice(i / perPrompt, i % perPrompt), cancellationToken),
            context.RequestAborted);

    private CompletionBody NewBody(IReadOnlyList<CompletionChoice> choices) =>
        new() { Id = ServerCore.NewId("cmpl-"), Created = ServerCore.Now, Model = core.ModelName, Choices = choices };

    private string Echo(CompletionRequest request, int[] prompt) =>
        request.Echo ? core.Model.Tokenizer.Decode(prompt, renderSpecial: true) : "";

    private CompletionLogProbs? LogProbs(CompletionRequest request, int[] prompt, Answer answer)
    {
        if (request.LogProbs < 0)
            return null;
        var columns = new LogProbColumns(0);
        if (request.Echo)
            columns.AddPrompt(prompt, answer.PromptLogProbs, core.Model.Tokenizer);
        foreach (var each in answer.LogProbs)
            columns.Add(each);
        return columns.ToBody();
    }

    /// <summary>The columns of one step alone; offsets go on from the step before.</summary>
    private CompletionLogProbs? StepLogProbs(
        CompletionRequest request, int[] prompt, GenerationStep step, LogProbColumns?[] columns, int index, bool begun)
    {
        if (request.LogProbs < 0 || (step.LogProbs is null && step.PromptLogProbs is null))
            return null;
        var own = new LogProbColumns(columns[index]?.Offset ?? 0);
        if (!begun && request.Echo)
            own.AddPrompt(prompt, step.PromptLogProbs ?? [], core.Model.Tokenizer);
        if (step.LogProbs is { } known)
            own.Add(known);
        columns[index] = own;
        return own.ToBody();
    }
}
