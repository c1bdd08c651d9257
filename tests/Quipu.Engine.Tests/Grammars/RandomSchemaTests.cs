using System.Numerics;
using System.Text.Json;
using Json.Schema;
using Quipu.Engine.Grammars;
using Quipu.Gguf;
using Quipu.Testing;
using Quipu.Tokenizers;

namespace Quipu.Engine.Tests.Grammars;

/// <summary>Whatever tokens are chosen under the mask of a schema, a validator that knows nothing of Quipu finds the text valid.</summary>
public class RandomSchemaTests
{
    private const int Schemas = 1000, MaxTokens = 300;

    [Fact]
    public void What_is_written_under_a_schema_is_valid()
    {
        using var file = GgufFile.Open(TestPaths.BundledModel);
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        var options = new EvaluationOptions { RequireFormatValidation = true };
        int completed = 0;
        Parallel.For(0, Schemas, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
        {
            var random = new Random(seed);
            string text = new RandomSchemas(random).Next().ToJsonString();
            var grammar = Grammar.FromJsonSchema(text);
            var schema = JsonSchema.FromText(text, new BuildOptions { SchemaRegistry = new SchemaRegistry() });
            if (Write(grammar, tokenizer, random) is not { } written)
                return;
            using var document = JsonDocument.Parse(written);
            Assert.True(schema.Evaluate(document.RootElement, options).IsValid, $"seed {seed}: {written}\nis not valid by\n{text}");
            Interlocked.Increment(ref completed);
        });
        Assert.True(completed > Schemas * 98 / 100, $"only {completed} texts came to an end");
    }

    /// <summary>Chooses tokens at random, with a liking for those that come to an end; null where no end came.</summary>
    private static string? Write(Grammar grammar, Tokenizer tokenizer, Random random)
    {
        var constraint = new TokenConstraint(grammar, [], tokenizer);
        List<int> tokens = [];
        int[] enders = [.. "\"}],0".Select(end => tokenizer.FindToken(end.ToString())).OfType<int>()];
        while (tokens.Count < MaxTokens)
        {
            if (constraint.MayEnd && random.Next(2) == 0)
                return tokenizer.Decode(tokens.ToArray());
            int token = Choose(constraint.Mask(), enders, random, hurry: tokens.Count > MaxTokens / 8);
            if (tokenizer.EndOfGeneration.Contains(token))
                return tokenizer.Decode(tokens.ToArray());
            constraint.Accept(token);
            tokens.Add(token);
        }
        return null;
    }

    private static int Choose(ReadOnlySpan<ulong> mask, int[] enders, Random random, bool hurry)
    {
        // A random token of a string is nearly never its end.
        foreach (int token in enders)
            if ((mask[token >> 6] & (1UL << (token & 63))) != 0 && random.Next(hurry ? 2 : 8) == 0)
                return token;
        int count = 0;
        foreach (ulong word in mask)
            count += BitOperations.PopCount(word);
        int wanted = random.Next(count);
        for (int i = 0; ; i++)
        {
            ulong word = mask[i];
            int here = BitOperations.PopCount(word);
            if (wanted >= here)
            {
                wanted -= here;
                continue;
            }
            for (; wanted > 0; wanted--)
                word &= word - 1;
            return (i * 64) + BitOperations.TrailingZeroCount(word);
        }
    }
}
