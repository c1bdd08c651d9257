using System.Text.Json;

namespace Quipu.Engine.Grammars;

/// <summary>
/// The grammars that were used last. A grammar remembers what it worked out about a vocabulary, and clients send the same schema with
/// each request: the second one finds it compiled and warm. Safe for use by any number of threads.
/// </summary>
public sealed class GrammarCache
{
    private readonly Lock _lock = new();
    private readonly List<(string Key, Grammar Grammar)> _grammars = []; // the last one used is at the end

    internal GrammarCache()
    {
    }

    /// <summary>How many are kept. Each may hold what <see cref="GrammarLimits"/> allows, some ten megabytes at most with large vocabularies.</summary>
    public const int Capacity = 8;

    /// <summary>Any JSON object.</summary>
    public Grammar JsonObject => GetOrAdd("object", () => Grammar.JsonObject);

    /// <inheritdoc cref="Grammar.ParseGbnf"/>
    public Grammar ParseGbnf(string text) => GetOrAdd("gbnf " + text, () => Grammar.ParseGbnf(text));

    /// <inheritdoc cref="Grammar.FromJsonSchema(JsonElement)"/>
    public Grammar FromJsonSchema(JsonElement schema) => GetOrAdd("schema " + schema.GetRawText(), () => Grammar.FromJsonSchema(schema));

    /// <summary>The grammar of a key; <paramref name="make"/> makes it where it is not known. Two threads may make it at the same time.</summary>
    internal Grammar GetOrAdd(string key, Func<Grammar> make)
    {
        lock (_lock)
            if (Find(key) is { } known)
                return known;
        var made = make();
        lock (_lock)
        {
            if (Find(key) is { } known)
                return known;
            if (_grammars.Count == Capacity)
                _grammars.RemoveAt(0);
            _grammars.Add((key, made));
        }
        return made;
    }

    private Grammar? Find(string key)
    {
        int at = _grammars.FindIndex(entry => entry.Key == key);
        if (at < 0)
            return null;
        var found = _grammars[at];
        _grammars.RemoveAt(at);
        _grammars.Add(found);
        return found.Grammar;
    }
}
