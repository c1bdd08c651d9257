using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Server.Generation;
using Quipu.Server.Http;

namespace Quipu.Server.Embeddings;

/// <summary>OpenAI's <c>/v1/embeddings</c>: texts as vectors of length 1.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class EmbeddingsEndpoint(ServerCore core)
{
    private const int MaxInputs = 2048;

    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/embeddings", ServeAsync);
        routes.MapPost("/embeddings", ServeAsync);
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        var fields = new Fields(body.RootElement);
        fields.Text("model");
        bool base64 = fields.OneOf("encoding_format", "float", "float", "base64") == "base64";
        int length = core.Model.Model.Shape.EmbeddingLength;
        int dimensions = fields.Int("dimensions", 1, length) ?? length;
        var inputs = ReadInputs(fields);
        // One after the other: the scheduler fills its passes with the work of others, and a client's batch shall not push them out.
        var data = new EmbeddingBody[inputs.Count];
        for (int i = 0; i < data.Length; i++)
        {
            float[] vector = await core.EmbedAsync(context, inputs[i]).ConfigureAwait(false);
            data[i] = new EmbeddingBody("embedding", i, Encode(Normalize(vector.AsSpan(0, dimensions)), base64));
        }
        int tokens = inputs.Sum(input => input.Length);
        await Reply.JsonAsync(
            context,
            new EmbeddingList("list", data, core.ModelName, new EmbeddingUsage(tokens, tokens)),
            ServerJson.Shared.EmbeddingList).ConfigureAwait(false);
    }

    private IReadOnlyList<int[]> ReadInputs(Fields fields)
    {
        if (fields.Find("input") is not { } input)
            throw ApiException.Missing("input", "the text, or an array of texts");
        bool several = input.ValueKind == JsonValueKind.Array && !(input.GetArrayLength() > 0 && input[0].ValueKind == JsonValueKind.Number);
        var items = several ? fields.Array("input", MaxInputs) : [(input, "input")];
        if (items.Count == 0)
            throw ApiException.Invalid("input", "'input' is an empty array.");
        return [.. items.Select(item => Encode(item.Value, item.Path))];
    }

    private int[] Encode(JsonElement item, string path)
    {
        var tokenizer = core.Model.Tokenizer;
        int[] tokens = item.ValueKind switch
        {
            JsonValueKind.String when item.GetString() is { Length: > 0 } text => tokenizer.Encode(text, addSpecial: true, parseSpecial: false),
            JsonValueKind.String => throw ApiException.Invalid(path, $"'{path}' is an empty text."),
            JsonValueKind.Array => PromptReader.Ids(item, path, tokenizer.VocabularySize),
            _ => throw ApiException.WrongType(path, "a string or an array of token ids", Fields.Kind(item)),
        };
        int most = core.Scheduler.ContextLength;
        return tokens.Length switch
        {
            0 => throw ApiException.Invalid(path, $"'{path}' has no tokens."),
            int count when count > most => throw new ApiException(
                400, $"'{path}' has {count} tokens, but the context holds {most}.", path, "context_length_exceeded"),
            _ => tokens,
        };
    }

    /// <summary>The first elements, brought to length 1.</summary>
    private static float[] Normalize(ReadOnlySpan<float> vector)
    {
        double norm = 0;
        foreach (float value in vector)
            norm += (double)value * value;
        norm = norm > 0 ? Math.Sqrt(norm) : 1;
        float[] unit = new float[vector.Length];
        for (int i = 0; i < unit.Length; i++)
            unit[i] = (float)(vector[i] / norm);
        return unit;
    }

    private static JsonElement Encode(float[] vector, bool base64)
    {
        if (!base64)
            return JsonSerializer.SerializeToElement(vector, ServerJson.Shared.SingleArray);
        byte[] bytes = new byte[vector.Length * sizeof(float)];
        for (int i = 0; i < vector.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        return JsonSerializer.SerializeToElement(Convert.ToBase64String(bytes), ServerJson.Shared.String);
    }
}

/// <summary>OpenAI's list of embeddings.</summary>
internal sealed record EmbeddingList(string Object, IReadOnlyList<EmbeddingBody> Data, string Model, EmbeddingUsage Usage);

/// <summary>One embedding: numbers, or the base64 of them as little-endian floats.</summary>
internal sealed record EmbeddingBody(string Object, int Index, JsonElement Embedding);

/// <summary>What it cost.</summary>
internal sealed record EmbeddingUsage(int PromptTokens, int TotalTokens);
