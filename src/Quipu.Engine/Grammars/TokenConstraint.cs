using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Quipu.Engine.Grammars.Matching;
using Quipu.Tokenizers;

namespace Quipu.Engine.Grammars;

/// <summary>Where one answer stands in its grammar, and which tokens may come next. Not thread-safe.</summary>
internal sealed class TokenConstraint
{
    private const int LeadingBlanks = 16; // bytes of white space that may come before a trigger at the start

    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n"u8);

    private readonly TokenMasks _masks;
    private readonly Tokenizer _tokenizer;
    private readonly ImmutableArray<GrammarTrigger> _triggers;
    private readonly (byte[] Text, bool IsAtStart)[] _texts;
    private readonly List<byte> _recent = [];
    private readonly ulong[] _mask;
    private readonly Configuration _start;
    private Configuration _configuration;
    private bool _isStart = true; // _recent is all that came

    /// <summary>Begins an answer.</summary>
    /// <param name="grammar">What it must match.</param>
    /// <param name="triggers">What makes the grammar hold; none: it holds from the beginning.</param>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <exception cref="GrammarException">The grammar names a token that the vocabulary does not have.</exception>
    public TokenConstraint(Grammar grammar, ImmutableArray<GrammarTrigger> triggers, Tokenizer tokenizer)
    {
        _masks = grammar.MasksFor(tokenizer);
        _tokenizer = tokenizer;
        _triggers = triggers;
        _texts =
        [
            .. triggers.Where(trigger => trigger.Text is not null)
                .Select(trigger => (Encoding.UTF8.GetBytes(trigger.Text!), trigger.IsAtStart)),
        ];
        _mask = new ulong[(tokenizer.VocabularySize + 63) / 64];
        lock (_masks.Lock)
            _start = _configuration = _masks.Automaton.Start();
        Holds = triggers.IsEmpty;
    }

    /// <summary>Whether the grammar holds already.</summary>
    public bool Holds { get; private set; }

    /// <summary>Whether the answer may end here.</summary>
    public bool MayEnd => !Holds || _configuration.Accepts;

    /// <summary>Begins again.</summary>
    public void Reset()
    {
        _configuration = _start;
        _recent.Clear();
        _isStart = true;
        Holds = _triggers.IsEmpty;
    }

    /// <summary>Whether a token may come next.</summary>
    public bool Allows(int token)
    {
        if (_tokenizer.EndOfGeneration.Contains(token))
            return MayEnd;
        lock (_masks.Lock)
            return Holds ? !Read(token).IsDead : TriggeredBy(token) is not { } triggered || !triggered.IsDead;
    }

    /// <summary>Takes a token that was chosen.</summary>
    public void Accept(int token)
    {
        if (_tokenizer.EndOfGeneration.Contains(token))
            return;
        lock (_masks.Lock)
        {
            if (Holds)
            {
                _configuration = Read(token);
                return;
            }
            if (TriggeredBy(token) is { } triggered)
            {
                (_configuration, Holds) = (triggered, true);
                return;
            }
        }
        Remember(token);
    }

    /// <summary>
    /// A bit for each token that may come next. Only where <see cref="Holds"/>; the span is good until the next call.
    /// </summary>
    /// <exception cref="GrammarException">No token of the vocabulary continues the text.</exception>
    public ReadOnlySpan<ulong> Mask()
    {
        Array.Clear(_mask);
        lock (_masks.Lock)
            _masks.AddTo(_configuration, _mask);
        foreach (int token in _tokenizer.EndOfGeneration)
        {
            if (MayEnd)
                _mask[token >> 6] |= 1UL << (token & 63);
            else
                _mask[token >> 6] &= ~(1UL << (token & 63));
        }
        if (!_mask.AsSpan().ContainsAnyExcept(0UL))
            throw new GrammarException("The grammar wants a text here that no token of the model's vocabulary can begin.");
        return _mask;
    }

    private Configuration Read(int token)
    {
        _masks.Automaton.Trim();
        return _masks.Read(_masks.Automaton.Current(_configuration), token);
    }

    /// <summary>The configuration after a token that completes a trigger, or null where it completes none.</summary>
    private Configuration? TriggeredBy(int token)
    {
        _masks.Automaton.Trim();
        var configuration = _masks.Automaton.Current(_start);
        if (_triggers.Any(trigger => trigger.Token == token))
            return configuration;
        var bytes = _tokenizer.Bytes(token, renderSpecial: true).Span;
        int end = TriggerEnd(bytes);
        if (end < 0)
            return null;
        foreach (byte value in bytes[end..])
            configuration = _masks.Automaton.Read(configuration, value);
        return configuration;
    }

    /// <summary>How many bytes of a token complete the first trigger; −1 where none does.</summary>
    private int TriggerEnd(ReadOnlySpan<byte> bytes)
    {
        byte[] text = [.. _recent, .. bytes];
        int start = text.AsSpan().IndexOfAnyExcept(Blanks);
        int best = int.MaxValue;
        foreach (var (trigger, isAtStart) in _texts)
        {
            int from = Math.Max(0, _recent.Count - trigger.Length + 1);
            int found = text.AsSpan(from).IndexOf(trigger);
            if (found >= 0 && (!isAtStart || (_isStart && from + found == start)))
                best = Math.Min(best, from + found + trigger.Length - _recent.Count);
        }
        return best == int.MaxValue ? -1 : best;
    }

    private void Remember(int token)
    {
        int longest = _texts.Length == 0 ? 0 : _texts.Max(text => text.Text.Length) + LeadingBlanks;
        _recent.AddRange(_tokenizer.Bytes(token, renderSpecial: true).Span);
        if (_recent.Count <= longest)
            return;
        _recent.RemoveRange(0, _recent.Count - longest);
        _isStart = false;
    }
}
