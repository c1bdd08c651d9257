using System.Text.Json;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>Which keywords are kept to, which say nothing about values, and which are refused.</summary>
internal static class SchemaKeywords
{
    private static readonly HashSet<string> Supported =
    [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "prefixItems", "additionalItems", "minItems",
        "maxItems", "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "nullable",
        "$ref", "allOf", "anyOf", "oneOf",
    ];

    private static readonly HashSet<string> Refused =
    [
        "not", "if", "then", "else", "patternProperties", "propertyNames", "dependentSchemas", "dependentRequired", "dependencies",
        "unevaluatedProperties", "unevaluatedItems", "contains", "minContains", "maxContains", "uniqueItems", "multipleOf",
        "minProperties", "maxProperties", "$dynamicRef", "$recursiveRef",
    ];

    /// <summary>Whether a keyword says which values are valid.</summary>
    public static bool Constrains(string keyword) => Supported.Contains(keyword) || Refused.Contains(keyword);

    /// <summary>Refuses a schema with a keyword that would change what is valid and is not kept to.</summary>
    /// <exception cref="GrammarException">There is one; the message names it.</exception>
    public static void Check(JsonElement schema, string path)
    {
        foreach (var member in schema.EnumerateObject())
            if (Refused.Contains(member.Name) && !ChangesNothing(member, schema))
                throw new GrammarException(
                    $"{path}: the keyword '{member.Name}' is not supported. Leave it out, and check the answer for it.");
    }

    private static bool ChangesNothing(JsonProperty member, JsonElement schema) => member.Name switch
    {
        "uniqueItems" or "not" => member.Value.ValueKind == JsonValueKind.False,
        "unevaluatedProperties" or "unevaluatedItems" or "propertyNames" => member.Value.ValueKind == JsonValueKind.True,
        "then" or "else" => !schema.TryGetProperty("if", out _),
        "minContains" or "maxContains" => !schema.TryGetProperty("contains", out _),
        "minProperties" => member.Value.ValueKind == JsonValueKind.Number && member.Value.GetDouble() <= 0,
        "patternProperties" or "dependentSchemas" or "dependentRequired" or "dependencies" =>
            member.Value.ValueKind == JsonValueKind.Object && !member.Value.EnumerateObject().Any(),
        _ => false,
    };
}
