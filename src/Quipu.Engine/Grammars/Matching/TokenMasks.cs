using Quipu.Tokenizers;

namespace Quipu.Engine.Grammars.Matching;

/// <summary>
/// Which tokens a grammar lets come, for one vocabulary. May be used by several threads, one at a time.
/// </summary>
/// <remarks>
/// A walk over the vocabulary's trie takes milliseconds, so its results are kept: for the items of a configuration that share a stack,
/// without that stack, since what a token does within a rule does not depend on who called the rule. Such a result is good at every
/// depth of nesting. It also names the nodes of the trie where the rule has ended before the token has; only what is below those, mostly
/// little, is walked again with the real stack. Items far from the bounds of a long repetition share results
/// (<see cref="Network.Representatives"/>).
/// </remarks>
internal sealed class TokenMasks
{
    private readonly Network _network;
    private readonly Tokenizer _tokenizer;
    private readonly TokenTrie _trie;
    private readonly int[] _representatives;
    private readonly int[] _conditionTokens;
    private readonly Dictionary<ConfigurationKey, LocalMask> _local = [];
    private readonly Dictionary<ConfigurationKey, TokenSet> _whole = [];
    private readonly ulong[] _mask;
    private readonly int[] _path;
    private readonly List<int> _exits = [];

    /// <summary>Prepares masks.</summary>
    /// <exception cref="GrammarException">The grammar names a token that the vocabulary does not have.</exception>
    public TokenMasks(Network network, Tokenizer tokenizer)
    {
        _network = network;
        _tokenizer = tokenizer;
        _trie = tokenizer.Trie;
        Automaton = new PushdownAutomaton(network);
        _representatives = network.Representatives(_trie.LongestToken);
        _conditionTokens = [.. network.Conditions.Select(FindToken)];
        _mask = new ulong[(tokenizer.VocabularySize + 63) / 64];
        _path = new int[_trie.LongestToken + 1];
    }

    /// <summary>The automaton. Whoever uses it holds <see cref="Lock"/>.</summary>
    public PushdownAutomaton Automaton { get; }

    /// <summary>Held while the automaton or the masks are used.</summary>
    public Lock Lock { get; } = new();

    /// <summary>The configuration after a token; a dead one where it must not come.</summary>
    public Configuration Read(Configuration configuration, int token)
    {
        var bytes = _tokenizer.Bytes(token, renderSpecial: false).Span;
        var next = configuration;
        foreach (byte value in bytes)
            next = Automaton.Read(next, value);
        if (_network.Conditions.Length == 0)
            return bytes.IsEmpty ? Automaton.Of([]) : next;
        return Automaton.ReadToken(configuration, condition => Meets(condition, token), bytes.IsEmpty ? null : next);
    }

    /// <summary>Adds the tokens that may come next to a mask of a bit a token.</summary>
    public void AddTo(Configuration configuration, Span<ulong> mask)
    {
        Automaton.Trim();
        configuration = Automaton.Current(configuration);
        var key = new ConfigurationKey(configuration.Items, Accepts: false);
        if (!_whole.TryGetValue(key, out var tokens))
        {
            if (_whole.Count >= GrammarLimits.Masks)
                _whole.Clear();
            _whole.Add(key, tokens = Compute(configuration));
        }
        tokens.AddTo(mask);
    }

    private TokenSet Compute(Configuration configuration)
    {
        ulong[] mask = new ulong[_mask.Length];
        AddConditions(configuration, mask);
        var items = configuration.Items;
        for (int start = 0; start < items.Length;)
        {
            int end = start + 1;
            while (end < items.Length && ReferenceEquals(items[end].Stack, items[start].Stack))
                end++;
            AddGroup(items.AsSpan(start, end - start), mask);
            start = end;
        }
        return new TokenSet(mask);
    }

    /// <summary>Items with one stack.</summary>
    private void AddGroup(ReadOnlySpan<Item> group, Span<ulong> mask)
    {
        var local = LocalOf(group);
        local.Tokens.AddTo(mask);
        var stack = group[0].Stack;
        if (stack == StackNode.Bottom || local.Exits.Length == 0)
            return;
        int returned = Automaton.Return(stack).Id;
        foreach (int node in local.Exits)
            Walk(node + 1, _trie.Ends[node], returned, mask, exits: null);
    }

    private LocalMask LocalOf(ReadOnlySpan<Item> group)
    {
        var items = new Item[group.Length];
        for (int i = 0; i < items.Length; i++)
            items[i] = new Item(_representatives[group[i].State], group[i].Byte, StackNode.Bottom);
        Array.Sort(items);
        var key = new ConfigurationKey(items, Accepts: false);
        if (_local.TryGetValue(key, out var local))
            return local;
        if (_local.Count >= GrammarLimits.LocalMasks)
            _local.Clear();
        Array.Clear(_mask);
        _exits.Clear();
        Walk(0, _trie.Count, Automaton.Of(items).Id, _mask, _exits);
        _local.Add(key, local = new LocalMask(new TokenSet(_mask), [.. _exits]));
        return local;
    }

    /// <summary>Walks a part of the trie from a configuration.</summary>
    /// <param name="node">The first node.</param>
    /// <param name="end">The first node that is not of the part.</param>
    /// <param name="configuration">The configuration above the part.</param>
    /// <param name="mask">Receives the tokens that fit.</param>
    /// <param name="exits">Receives the nodes with others below them where the text may end.</param>
    private void Walk(int node, int end, int configuration, Span<ulong> mask, List<int>? exits)
    {
        if (node >= end)
            return;
        var bytes = _trie.Bytes;
        var depths = _trie.Depths;
        var ends = _trie.Ends;
        var firstTokens = _trie.FirstTokens;
        var tokens = _trie.Tokens;
        int[] path = _path;
        path[depths[node] - 1] = configuration;
        while (node < end)
        {
            int depth = depths[node];
            int next = Automaton.Next(path[depth - 1], bytes[node]);
            if (PushdownAutomaton.IsDead(next))
            {
                node = ends[node];
                continue;
            }
            path[depth] = next;
            for (int i = firstTokens[node]; i < firstTokens[node + 1]; i++)
                mask[tokens[i] >> 6] |= 1UL << (tokens[i] & 63);
            if (exits is not null && ends[node] > node + 1 && Automaton[next].Accepts)
                exits.Add(node);
            node++;
        }
    }

    private void AddConditions(Configuration configuration, ulong[] mask)
    {
        foreach (int condition in Automaton.Conditions(configuration))
        {
            int token = _conditionTokens[condition];
            if (_network.Conditions[condition].Negated)
            {
                bool allowed = (mask[token >> 6] & (1UL << (token & 63))) != 0;
                mask.AsSpan().Fill(ulong.MaxValue);
                if (!allowed)
                    mask[token >> 6] &= ~(1UL << (token & 63));
            }
            else
            {
                mask[token >> 6] |= 1UL << (token & 63);
            }
        }
        int rest = _tokenizer.VocabularySize & 63;
        if (rest != 0)
            mask[^1] &= (1UL << rest) - 1;
    }

    private bool Meets(int condition, int token) => (_conditionTokens[condition] == token) != _network.Conditions[condition].Negated;

    private int FindToken(TokenCondition condition)
    {
        if (condition.Text is null)
        {
            return condition.Id < _tokenizer.VocabularySize
                ? condition.Id
                : throw new GrammarException(
                    $"The grammar names the token {condition.Id}, but the vocabulary ends at {_tokenizer.VocabularySize - 1}.");
        }
        int[] ids = _tokenizer.Encode(condition.Text, addSpecial: false, parseSpecial: true);
        return ids is [int id]
            ? id
            : throw new GrammarException(
                $"The grammar names the token '{condition.Text}', but that text is no single token of this vocabulary.");
    }

    /// <summary>What a walk with nothing below on the stack found.</summary>
    /// <param name="Tokens">Tokens that fit, or that fit until the rule has ended.</param>
    /// <param name="Exits">Nodes of the trie, with others below them, where the rule may have ended.</param>
    private sealed record LocalMask(TokenSet Tokens, int[] Exits);
}
