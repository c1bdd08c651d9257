using System.Text.Json;
using Quipu.Engine.Grammars.Matching;
using Quipu.Engine.Grammars.Schemas;
using Quipu.Engine.Grammars.Syntax;
using Quipu.Tokenizers;

namespace Quipu.Engine.Grammars;

/// <summary>
/// What texts a model may write. Immutable, and any number of generations may use one at once; it remembers what it worked out about a
/// vocabulary, so that a grammar that is used again costs less.
/// </summary>
public sealed class Grammar
{
    private readonly Lock _lock = new();
    private Tokenizer? _tokenizer;
    private TokenMasks? _masks;

    internal Grammar(RuleSet rules) => Network = NetworkBuilder.Build(rules);

    /// <summary>Any JSON object.</summary>
    public static Grammar JsonObject => new(JsonSchemaCompiler.AnyObject());

    /// <summary>Any JSON value.</summary>
    public static Grammar JsonValue => new(JsonSchemaCompiler.AnyValue());

    /// <summary>Whether the grammar names tokens by their text, which only a vocabulary can tell.</summary>
    public bool NamesTokensByText => Array.Exists(Network.Conditions, condition => condition.Text is not null);

    internal Network Network { get; }

    /// <summary>Reads a grammar in GBNF, llama.cpp's notation.</summary>
    /// <exception cref="GrammarException">
    /// It is not well formed, left-recursive, too large, or matches no text; the message says where.
    /// </exception>
    public static Grammar ParseGbnf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Grammar(GbnfParser.Parse(text));
    }

    /// <summary>Makes the grammar of the JSON texts that a schema allows.</summary>
    /// <param name="schema">JSON schema, draft 2020-12; docs/grammars.md lists what is supported.</param>
    /// <exception cref="GrammarException">
    /// The schema is no schema, allows nothing, or uses what is not supported; the message says where.
    /// </exception>
    public static Grammar FromJsonSchema(JsonElement schema) => new(JsonSchemaCompiler.Compile(schema));

    /// <summary>Makes the grammar of the JSON texts that a schema, given as text, allows.</summary>
    /// <exception cref="GrammarException">As for <see cref="FromJsonSchema(JsonElement)"/>, or the text is no JSON.</exception>
    public static Grammar FromJsonSchema(string schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        try
        {
            using var document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = 2 * GrammarLimits.Nesting });
            return FromJsonSchema(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new GrammarException($"The JSON schema is no JSON: {error.Message}");
        }
    }

    /// <summary>What the grammar means for a vocabulary.</summary>
    internal TokenMasks MasksFor(Tokenizer tokenizer)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_tokenizer, tokenizer))
                (_tokenizer, _masks) = (tokenizer, new TokenMasks(Network, tokenizer));
            return _masks!;
        }
    }
}
