using System.Text.Json;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>One of the schemas that a value must meet together, and what of it is seen to already.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Path">Where it stands, as a JSON pointer.</param>
/// <param name="Done">Combining keywords that have been resolved to further parts.</param>
internal readonly record struct SchemaPart(JsonElement Schema, string Path, Combining Done = Combining.None)
{
    private static readonly (Combining Keyword, string Name)[] Keywords =
        [(Combining.Ref, "$ref"), (Combining.AllOf, "allOf"), (Combining.AnyOf, "anyOf"), (Combining.OneOf, "oneOf")];

    /// <summary>What tells parts apart.</summary>
    public string Key => $"{(int)Done}{Path}";

    /// <summary>The value of a combining keyword that is not resolved yet.</summary>
    public JsonElement? Open(Combining keyword) =>
        Schema.ValueKind == JsonValueKind.Object && !Done.HasFlag(keyword) && Schema.TryGetProperty(NameOf(keyword), out var value)
            ? value
            : null;

    /// <summary>The part without a combining keyword.</summary>
    public SchemaPart Without(Combining keyword) => this with { Done = Done | keyword };

    /// <summary>The name of a combining keyword.</summary>
    public static string NameOf(Combining keyword) => Array.Find(Keywords, row => row.Keyword == keyword).Name;

    /// <summary>Whether it says anything about values that is not resolved yet.</summary>
    public bool Constrains()
    {
        if (Schema.ValueKind != JsonValueKind.Object)
            return Schema.ValueKind != JsonValueKind.True;
        foreach (var member in Schema.EnumerateObject())
        {
            var combining = Array.Find(Keywords, row => row.Name == member.Name).Keyword;
            if (combining != Combining.None ? !Done.HasFlag(combining) : SchemaKeywords.Constrains(member.Name))
                return true;
        }
        return false;
    }
}

/// <summary>Keywords that combine schemas.</summary>
[Flags]
internal enum Combining
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>$ref.</summary>
    Ref = 1,
    /// <summary>allOf.</summary>
    AllOf = 2,
    /// <summary>anyOf.</summary>
    AnyOf = 4,
    /// <summary>oneOf.</summary>
    OneOf = 8,
}
