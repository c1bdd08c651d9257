using System.Threading.Channels;
using Quipu.Engine.Sampling;
using Quipu.Models;

namespace Quipu.Engine.Scheduling;

/// <summary>An answer that is generated for a reader, who may be slower than the model.</summary>
internal sealed class GenerationJob : Job
{
    private readonly LanguageModel _model;
    private readonly GenerationRequest _request;
    private readonly Generation _generation;
    private readonly Candidates _candidates;
    private readonly Channel<GenerationStep> _steps;
    private readonly int _capacity;
    private readonly TokenLogProbs?[]? _promptLogProbs;
    private int _promptRows;
    private volatile bool _pausing;

    /// <summary>Checks the request.</summary>
    /// <inheritdoc cref="Generation(LanguageModel, int, ReadOnlySpan{int}, GenerationOptions, Candidates?)"/>
    public GenerationJob(LanguageModel model, int contextLength, GenerationRequest request, Candidates candidates, int capacity)
        : base(request.Prompt, request.Id)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.TopLogProbs, -1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.TopLogProbs, GenerationRequest.MaxTopLogProbs, nameof(request));
        _model = model;
        _request = request;
        _generation = new Generation(model, contextLength, request.Prompt.Span, request.Options, candidates);
        _candidates = candidates;
        _capacity = capacity;
        _steps = Channel.CreateBounded<GenerationStep>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        _promptLogProbs = request.PromptLogProbs ? new TokenLogProbs?[request.Prompt.Length] : null;
    }

    /// <summary>The steps, for one reader; see <see cref="TryRead"/>.</summary>
    public ChannelReader<GenerationStep> Steps => _steps.Reader;

    /// <summary>Reads a step that is there.</summary>
    /// <param name="step">The step.</param>
    /// <param name="paused">Whether the job may have paused for this reading: the scheduler must be told.</param>
    public bool TryRead(out GenerationStep step, out bool paused)
    {
        bool read = _steps.Reader.TryRead(out step);
        Interlocked.MemoryBarrier();
        paused = _pausing;
        _pausing = false;
        return read;
    }

    /// <inheritdoc/>
    public override int Generated => _generation.Generated;

    /// <inheritdoc/>
    public override bool UsesPrefixes => _request is { CachePrompt: true, PromptLogProbs: false };

    /// <summary>Whether the buffer has room for another step. No pass is made without, so that writing never fails.</summary>
    public override bool IsReady
    {
        get
        {
            if (_steps.Reader.Count < _capacity)
                return true;
            // The mark comes before the second look, and the reader looks for it behind its reading: one of the two sees the other.
            _pausing = true;
            Interlocked.MemoryBarrier();
            return _steps.Reader.Count < _capacity;
        }
    }

    /// <inheritdoc/>
    public override LogitsWanted Wanted(int count) =>
        _promptLogProbs is not null && _generation.Generated == 0 ? LogitsWanted.All
        : count == Pending.Length ? LogitsWanted.Last
        : LogitsWanted.None;

    /// <inheritdoc/>
    protected override void Take(ReadOnlyMemory<int> done, PassOutputs outputs)
    {
        int last = 0;
        if (_promptLogProbs is not null && _generation.Generated == 0)
        {
            last = done.Length - 1;
            ReadPromptLogProbs(done.Length, outputs);
        }

        if (Generated == 0)
            _request.Progress?.Report(new PromptProgress(Prompt.Length - Pending.Length, Prompt.Length, Cached));
        if (!Pending.IsEmpty)
            return;
        if (_request.Options.MaxTokens == 0)
            Write(new GenerationStep(-1, "", FinishReason.MaxTokens, null, Statistics()));
        else
            Choose(outputs.Logits(last));
    }

    /// <inheritdoc/>
    protected override void Report(Exception error) => _steps.Writer.TryComplete(error);

    private void Choose(ReadOnlySpan<float> logits)
    {
        var step = _generation.Choose(logits, Sequence!.Length);
        var logProbs = _request.TopLogProbs < 0 ? null
            : LogProbReader.Read(logits, step.Token, _request.TopLogProbs, _candidates, _model.Tokenizer);
        bool ended = step.Finish != FinishReason.None;
        if (!ended)
        {
            Pending = _generation.Next(Sequence);
            InPrompt = Pending.Length > 1;
        }

        Write(new GenerationStep(step.Token, step.Text, step.Finish, logProbs, ended ? Statistics() : null));
    }

    private void Write(GenerationStep step)
    {
        if (_promptLogProbs is not null && _generation.Generated <= 1)
            step = step with { PromptLogProbs = _promptLogProbs };
        _steps.Writer.TryWrite(step);
        if (step.Finish == FinishReason.None)
            return;
        Ended = true;
        _steps.Writer.TryComplete();
    }

    // Row i of the prompt says how likely token i + 1 is.
    private void ReadPromptLogProbs(int count, PassOutputs outputs)
    {
        for (int i = 0; i < count; i++, _promptRows++)
            if (_promptRows + 1 < Prompt.Length)
                _promptLogProbs![_promptRows + 1] = LogProbReader.Read(
                    outputs.Logits(i), Prompt.Span[_promptRows + 1], Math.Max(0, _request.TopLogProbs), _candidates, _model.Tokenizer);
    }

    private GenerationStatistics Statistics() => new()
    {
        PromptTokens = Prompt.Length,
        ReusedTokens = Cached,
        QueueTime = QueueTime,
        PromptTime = PromptTime,
        GeneratedTokens = Generated,
        GenerationTime = GenerationTime,
        SamplingTime = _generation.SamplingTime,
    };
}
