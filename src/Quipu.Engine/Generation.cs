using System.Diagnostics;
using Quipu.Engine.Sampling;

namespace Quipu.Engine;

/// <summary>
/// One answer while it is generated, apart from where it is computed: from the logits of the newest row to the next token, its text and
/// the tokens that must be computed then. Not thread-safe.
/// </summary>
internal sealed class Generation
{
    private readonly GenerationOptions _options;
    private readonly SamplerChain _sampler;
    private readonly OutputText _text;
    private readonly int _contextLength;
    private readonly int _keep;
    private readonly int[] _next = new int[1];

    /// <summary>Checks the request and makes its sampler.</summary>
    /// <param name="model">The model.</param>
    /// <param name="contextLength">Positions of the context.</param>
    /// <param name="prompt">Token ids, at least one.</param>
    /// <param name="options">How to generate.</param>
    /// <param name="candidates">Buffers to share with other generations of the same thread.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or a token is not in the vocabulary.</exception>
    /// <exception cref="ContextFullException">The prompt does not leave room for a single token.</exception>
    /// <exception cref="SamplingOptionsException">A sampling option is out of range.</exception>
    public Generation(LanguageModel model, int contextLength, ReadOnlySpan<int> prompt, GenerationOptions options, Candidates? candidates = null)
    {
        if (prompt.IsEmpty)
            throw new ArgumentException("The prompt is empty: there is nothing to continue.", nameof(prompt));
        if (prompt.Length >= contextLength)
            throw new ContextFullException(
                $"The prompt has {prompt.Length} tokens, but the context holds {contextLength}, and one must stay free.", prompt.Length, contextLength);
        model.RequireTokens(prompt);
        _options = options;
        _contextLength = contextLength;
        _keep = options.KeepTokens < 0 ? prompt.Length : Math.Max(options.KeepTokens, prompt[0] == model.Tokenizer.Bos ? 1 : 0);
        _sampler = CreateSampler(model, contextLength, options, candidates);
        _sampler.AcceptPrompt(prompt);
        _text = new OutputText(model.Tokenizer, options);
    }

    /// <summary>Tokens chosen so far.</summary>
    public int Generated { get; private set; }

    /// <summary>Time to choose them.</summary>
    public TimeSpan SamplingTime { get; private set; }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">[vocabulary], of the newest row.</param>
    /// <param name="length">Tokens in the cache.</param>
    /// <exception cref="InvalidLogitsException">No token can be chosen.</exception>
    public GeneratedText Choose(ReadOnlySpan<float> logits, int length)
    {
        long start = Stopwatch.GetTimestamp();
        int token = _sampler.Sample(logits);
        _sampler.Accept(token);
        Generated++;
        SamplingTime += Stopwatch.GetElapsedTime(start);
        _next[0] = token;
        return _text.Append(token, Generated, contextFull: length >= _contextLength && !_options.ContextShift);
    }

    /// <summary>
    /// The tokens to compute for the next choice: the one just chosen; where the context is full, also what a context shift moved, and
    /// <paramref name="sequence"/> is cut to what it can keep.
    /// </summary>
    /// <returns>At least one token; the memory is used again for the next call.</returns>
    public ReadOnlyMemory<int> Next(Sequence sequence)
    {
        if (sequence.Length < _contextLength)
            return _next;
        int[] shifted = [.. ContextShift.Apply(sequence.Tokens, _keep), _next[0]];
        int kept = sequence.KeepCommonPrefix(shifted, shifted.Length - 1);
        return shifted.AsMemory(kept);
    }

    private static SamplerChain CreateSampler(LanguageModel model, int contextLength, GenerationOptions options, Candidates? candidates)
    {
        var sampling = options.Sampling;
        if (options.IgnoreEndOfGeneration)
            sampling = sampling with
            {
                LogitBias = sampling.LogitBias.SetItems(
                    model.Tokenizer.EndOfGeneration.Select(id => KeyValuePair.Create(id, float.NegativeInfinity))),
            };
        return SamplerChain.Create(sampling, model.Tokenizer, contextLength, candidates);
    }
}
