using System.Text.Json;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>Reads the keywords of one schema and says which has a wrong value.</summary>
internal sealed class KeywordReader(JsonElement schema, string path)
{
    /// <summary>Where the schema stands.</summary>
    public string Path => path;

    /// <summary>Where a keyword stands.</summary>
    public string PathOf(string keyword) => Extend(path, keyword);

    /// <summary>A path with one step more.</summary>
    public static string Extend(string path, string step) =>
        path + "/" + step.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>Whether one of the keywords is there.</summary>
    public bool Has(params ReadOnlySpan<string> keywords)
    {
        foreach (string keyword in keywords)
            if (schema.TryGetProperty(keyword, out _))
                return true;
        return false;
    }

    /// <summary>The types of type and nullable; all where none is named.</summary>
    public JsonTypes Types()
    {
        if (!schema.TryGetProperty("type", out var type))
            return JsonTypes.All;
        var types = JsonTypes.None;
        if (type.ValueKind == JsonValueKind.Array)
            foreach (var item in type.EnumerateArray())
                types |= TypeOf(item);
        else
            types = TypeOf(type);
        bool nullable = schema.TryGetProperty("nullable", out var value) && value.ValueKind == JsonValueKind.True;
        return nullable ? types | JsonTypes.Null : types;
    }

    /// <summary>The values of enum and const; null where there are none.</summary>
    public List<JsonElement>? Values()
    {
        List<JsonElement>? values = null;
        if (schema.TryGetProperty("enum", out var list))
        {
            if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
                throw Wrong("enum", "a list of values");
            values = [.. list.EnumerateArray()];
        }
        if (!schema.TryGetProperty("const", out var constant))
            return values;
        return values is null || values.Exists(value => JsonElement.DeepEquals(value, constant)) ? [constant] : [];
    }

    /// <summary>A bound of numbers.</summary>
    public NumberBound? Bound(string keyword, bool exclusive)
    {
        if (!schema.TryGetProperty(keyword, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number)
            throw Wrong(keyword, "a number");
        return NumberBound.Parse(value.GetRawText(), exclusive) ?? throw Wrong(keyword, "a number of at most 64 digits");
    }

    /// <summary>A count.</summary>
    public int? Count(string keyword)
    {
        if (!schema.TryGetProperty(keyword, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double count) || count < 0 || count != Math.Floor(count))
            throw Wrong(keyword, "a whole number that is not negative");
        return count <= GrammarLimits.Repetitions
            ? (int)count
            : throw Wrong(keyword, $"at most {GrammarLimits.Repetitions}; leave a larger bound out");
    }

    /// <summary>A text.</summary>
    public string? Text(string keyword) => !schema.TryGetProperty(keyword, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(keyword, "a text");

    /// <summary>A list of names.</summary>
    public List<string> Names(string keyword)
    {
        if (!schema.TryGetProperty(keyword, out var value))
            return [];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw Wrong(keyword, "a list of names");
        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>The named properties; null where the keyword is missing.</summary>
    public List<(string Name, SchemaPart Part)>? Properties()
    {
        if (!schema.TryGetProperty("properties", out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            throw Wrong("properties", "an object of schemas");
        return [.. value.EnumerateObject().Select(item => (item.Name, Checked(item.Value, Extend(PathOf("properties"), item.Name))))];
    }

    /// <summary>A schema.</summary>
    public SchemaPart? Schema(string keyword) => schema.TryGetProperty(keyword, out var value) ? Checked(value, PathOf(keyword)) : null;

    /// <summary>A list of schemas.</summary>
    public static List<SchemaPart> List(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            throw new GrammarException($"{path} must be a list of schemas.");
        return [.. value.EnumerateArray().Select((item, index) => Checked(item, $"{path}/{index}"))];
    }

    /// <summary>The first items and the others, in the spelling of draft 2020-12 or of those before.</summary>
    public (List<SchemaPart>? Prefix, SchemaPart? Items) Items()
    {
        bool isList = schema.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array;
        if (isList)
            return (items.GetArrayLength() == 0 ? [] : List(items, PathOf("items")), Schema("additionalItems"));
        var prefix = schema.TryGetProperty("prefixItems", out var first) ? List(first, PathOf("prefixItems")) : null;
        return (prefix, Schema("items"));
    }

    /// <summary>A schema is an object or a truth value.</summary>
    public static SchemaPart Checked(JsonElement schema, string path) =>
        schema.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
            ? new SchemaPart(schema, path)
            : throw new GrammarException($"{path} must be a schema: an object, true or false.");

    private JsonTypes TypeOf(JsonElement type) => (type.ValueKind == JsonValueKind.String ? type.GetString() : null) switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        "string" => JsonTypes.String,
        "array" => JsonTypes.Array,
        "object" => JsonTypes.Object,
        _ => throw Wrong("type", "null, boolean, integer, number, string, array, object or a list of these"),
    };

    private GrammarException Wrong(string keyword, string what) => new($"{PathOf(keyword)} must be {what}.");
}
