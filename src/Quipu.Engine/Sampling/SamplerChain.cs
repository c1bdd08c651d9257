using System.Collections.Immutable;
using System.Numerics;
using Quipu.Engine.Grammars;
using Quipu.Tokenizers;

namespace Quipu.Engine.Sampling;

/// <summary>
/// Chooses tokens: the samplers of <see cref="SamplingOptions"/> one after the other, then a seeded random choice.
/// The random numbers are MT19937's and the arithmetic is the same on every machine: equal seeds, logits and accepted
/// tokens give equal choices. A chain serves one text; it is not safe for use by several threads at once.
/// </summary>
public sealed class SamplerChain
{
    private readonly Candidates _candidates;
    private readonly ImmutableArray<ISampler> _samplers;
    private readonly ITokenChooser _chooser;
    private readonly int? _greedyFrom;
    private TokenConstraint? _constraint;
    private float[] _masked = [];
    private int _best = -1;

    internal SamplerChain(ImmutableArray<ISampler> samplers, ITokenChooser chooser, uint seed, int? greedyFrom, Candidates? candidates = null)
    {
        _candidates = candidates ?? new Candidates();
        _samplers = samplers;
        _chooser = chooser;
        Seed = seed;
        _greedyFrom = greedyFrom;
    }

    /// <summary>Makes the chain of some options.</summary>
    /// <param name="options">Which samplers, in which order, with what values.</param>
    /// <param name="tokenizer">The model's vocabulary: DRY finds its sequence breakers in it.</param>
    /// <param name="contextLength">Positions of the context: what a last-n of −1 stands for.</param>
    /// <exception cref="SamplingOptionsException">An option is outside its limits.</exception>
    /// <exception cref="GrammarException">The grammar names a token that the vocabulary does not have.</exception>
    public static SamplerChain Create(SamplingOptions options, Tokenizer tokenizer, int contextLength) =>
        Create(options, tokenizer, contextLength, candidates: null);

    /// <summary>Makes a chain that shares its buffers with others of the same thread: a large vocabulary's take megabytes.</summary>
    internal static SamplerChain Create(SamplingOptions options, Tokenizer tokenizer, int contextLength, Candidates? candidates)
    {
        foreach (int token in options.LogitBias.Keys)
            if (token >= tokenizer.VocabularySize)
                throw new SamplingOptionsException(nameof(SamplingOptions.LogitBias),
                    $"The logit bias names token {token}, but the vocabulary ends at {tokenizer.VocabularySize - 1}.");
        var chain = Create(options, () => DrySequenceBreakers.Find(options.DrySequenceBreakers, tokenizer), contextLength, candidates);
        if (options.Grammar is not null)
            chain._constraint = new TokenConstraint(options.Grammar, options.GrammarTriggers, tokenizer);
        return chain;
    }

    /// <summary>Makes a chain without a tokenizer.</summary>
    internal static SamplerChain Create(SamplingOptions options, Func<DrySequenceBreakers> breakers, int contextLength, Candidates? candidates = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        options.Validate();
        return new SamplerChainBuilder(options, contextLength, breakers).Build(candidates);
    }

    /// <summary>The seed in use: that of the options, or the one that was taken from the system.</summary>
    public uint Seed { get; }

    /// <summary>Chooses the next token. It is not accepted yet.</summary>
    /// <param name="logits">One logit for every token of the vocabulary.</param>
    /// <exception cref="InvalidLogitsException">A logit is NaN or +∞, or no token may be chosen.</exception>
    /// <exception cref="GrammarException">No token of the vocabulary continues the text as the grammar wants it.</exception>
    public int Sample(ReadOnlySpan<float> logits)
    {
        if (_constraint is null)
            return SampleFree(logits);
        if (!_constraint.Holds)
            return SampleUntilTriggered(logits);
        // The best of all is the best of the allowed if it is one of them: no mask is needed to know that.
        if (_greedyFrom is not null && SampleFree(logits) is var best && _constraint.Allows(best))
            return best;
        return SampleFree(Constrained(logits, _constraint.Mask()));
    }

    /// <summary>Adds tokens of the prompt to the text that penalties look at.</summary>
    public void AcceptPrompt(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
            foreach (ISampler sampler in _samplers)
                sampler.Accept(token);
    }

    /// <summary>Adds a token that was chosen: to the text that penalties look at, and to what the grammar has read.</summary>
    public void Accept(int token)
    {
        foreach (ISampler sampler in _samplers)
            sampler.Accept(token);
        _constraint?.Accept(token);
    }

    /// <summary>Forgets the text and starts the random numbers of <see cref="Seed"/> again.</summary>
    public void Reset()
    {
        foreach (ISampler sampler in _samplers)
            sampler.Reset();
        _chooser.Reset();
        _constraint?.Reset();
        _best = -1;
    }

    /// <summary>
    /// The candidates that the last <see cref="Sample"/> chose from, most likely first, as many as there are and fit.
    /// </summary>
    /// <returns>How many were written.</returns>
    public int TopCandidates(Span<TokenProbability> destination)
    {
        if (destination.IsEmpty || (_best < 0 && _candidates.Count == 0))
            return 0;
        if (_best >= 0)
        {
            destination[0] = new TokenProbability(_best, 1);
            return 1;
        }
        _candidates.Softmax();
        int written = 0;
        foreach (ulong key in _candidates.Best(destination.Length))
        {
            float probability = _candidates.ProbabilityOf(CandidateKey.Logit(key));
            if (probability > 0)
                destination[written++] = new TokenProbability(CandidateKey.Id(key), probability);
        }
        return written;
    }

    /// <summary>Runs the samplers without choosing.</summary>
    internal Candidates Apply(ReadOnlySpan<float> logits) => Apply(logits, _samplers.Length);

    private Candidates Apply(ReadOnlySpan<float> logits, int samplers)
    {
        _candidates.Load(logits);
        foreach (ISampler sampler in _samplers.AsSpan(0, samplers))
            sampler.Apply(_candidates);
        return _candidates;
    }

    private int SampleFree(ReadOnlySpan<float> logits)
    {
        _best = -1;
        if (_greedyFrom == 0)
            return _best = LogitMath.IndexOf(logits, LogitMath.CheckedMaximum(logits));
        Apply(logits, _greedyFrom ?? _samplers.Length);
        // Where even the best has no finite logit, the chooser says why.
        if (_greedyFrom is not null && _candidates.BestPlace() is var place && float.IsFinite(_candidates.Logits[place]))
            return _best = _candidates.Ids[place];
        return _chooser.Choose(_candidates);
    }

    /// <summary>A token that completes a trigger may already break the grammar with its last bytes: then another is chosen.</summary>
    private int SampleUntilTriggered(ReadOnlySpan<float> logits)
    {
        int token = SampleFree(logits);
        while (!_constraint!.Allows(token))
        {
            logits.CopyTo(Buffer(logits.Length));
            _masked[token] = float.NegativeInfinity;
            logits = _masked.AsSpan(0, logits.Length);
            token = SampleFree(logits);
        }
        return token;
    }

    private ReadOnlySpan<float> Constrained(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask)
    {
        var constrained = Buffer(logits.Length);
        constrained.Fill(float.NegativeInfinity);
        for (int i = 0; i < mask.Length; i++)
            for (ulong word = mask[i]; word != 0; word &= word - 1)
            {
                int token = (i * 64) + BitOperations.TrailingZeroCount(word);
                constrained[token] = logits[token];
            }
        return constrained;
    }

    private Span<float> Buffer(int length)
    {
        if (_masked.Length < length)
            _masked = new float[length];
        return _masked.AsSpan(0, length);
    }
}
