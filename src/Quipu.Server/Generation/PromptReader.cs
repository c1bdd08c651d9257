using System.Text.Json;
using Quipu.Engine;
using Quipu.Server.Http;

namespace Quipu.Server.Generation;

/// <summary>
/// Reads prompts of raw completions: a text, token ids, llama.cpp's mixture of both, or an array of prompts.
/// </summary>
internal static class PromptReader
{
    private const int MaxPrompts = 256;

    /// <summary>Reads one or more prompts.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="name">The field.</param>
    /// <param name="model">Whose tokens they are.</param>
    public static IReadOnlyList<int[]> Read(Fields fields, string name, LanguageModel model)
    {
        string path = fields.PathOf(name);
        if (fields.Find(name) is not { } value)
            throw ApiException.Missing(path, "the text to continue");
        bool several = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
            && (value[0].ValueKind == JsonValueKind.Array || value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String));
        if (!several)
            return [One(value, path, model)];
        return [.. fields.Array(name, MaxPrompts).Select(item => One(item.Value, item.Path, model))];
    }

    /// <summary>Reads an array of token ids.</summary>
    public static int[] Ids(JsonElement array, string path, int vocabularySize)
    {
        int[] ids = new int[array.GetArrayLength()];
        int i = 0;
        foreach (var item in array.EnumerateArray())
            ids[i] = Id(item, $"{path}[{i++}]", vocabularySize);
        return ids;
    }

    private static int[] One(JsonElement value, string path, LanguageModel model)
    {
        int[] tokens = value.ValueKind switch
        {
            JsonValueKind.String => model.EncodePrompt(value.GetString()!),
            JsonValueKind.Array => Mixed(value, path, model),
            _ => throw ApiException.WrongType(path, "a string, an array of token ids, or an array of these", Fields.Kind(value)),
        };
        return tokens.Length > 0
            ? tokens
            : throw ApiException.Invalid(path, $"'{path}' is empty, and the model has no token to begin a text with.");
    }

    private static int[] Mixed(JsonElement array, string path, LanguageModel model)
    {
        List<int> tokens = [];
        int i = 0;
        foreach (var item in array.EnumerateArray())
        {
            string where = $"{path}[{i}]";
            if (item.ValueKind == JsonValueKind.String)
                tokens.AddRange(model.Tokenizer.Encode(item.GetString()!, addSpecial: i == 0, parseSpecial: true));
            else
                tokens.Add(Id(item, where, model.Tokenizer.VocabularySize));
            i++;
        }
        return [.. tokens];
    }

    private static int Id(JsonElement item, string path, int vocabularySize) =>
        item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int id) && id >= 0 && id < vocabularySize
            ? id
            : throw ApiException.Invalid(path, $"'{path}' is no token id: that is a whole number from 0 to {vocabularySize - 1}.");
}
