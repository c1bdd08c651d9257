using System.Text.Encodings.Web;
using System.Text.Json;
using Quipu.Engine.Grammars;

namespace Quipu.Server.Chat;

/// <summary>What a call must look like: <c>{"name":…,"arguments":…}</c>, where the arguments match the function's own schema.</summary>
internal static class ToolGrammar
{
    /// <summary>The grammar of a call of one of some functions.</summary>
    /// <exception cref="GrammarException">A schema cannot be kept.</exception>
    public static Grammar Compile(IEnumerable<ToolDefinition> tools)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("anyOf");
            int index = 0;
            foreach (var tool in tools)
                WriteCall(json, tool, $"#/anyOf/{index++}/properties/arguments");
            json.WriteEndArray();
            json.WriteEndObject();
        }
        using var schema = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return Grammar.FromJsonSchema(schema.RootElement);
    }

    private static void WriteCall(Utf8JsonWriter json, ToolDefinition tool, string root)
    {
        json.WriteStartObject();
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        json.WriteStartObject("name");
        json.WriteString("const", tool.Name);
        json.WriteEndObject();
        json.WritePropertyName("arguments");
        if (tool.Parameters is { } parameters)
            Copy(json, parameters, root);
        else
            json.WriteRawValue("""{"type":"object"}""");
        json.WriteEndObject();
        json.WriteStartArray("required");
        json.WriteStringValue("name");
        json.WriteStringValue("arguments");
        json.WriteEndArray();
        json.WriteBoolean("additionalProperties", false);
        json.WriteEndObject();
    }

    /// <summary>Copies a schema; its references to its own root must lead to where it now is.</summary>
    private static void Copy(Utf8JsonWriter json, JsonElement element, string root)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    json.WritePropertyName(member.Name);
                    if (member is { Name: "$ref", Value.ValueKind: JsonValueKind.String } && member.Value.GetString() is ['#', .. var rest])
                        json.WriteStringValue(root + rest);
                    else
                        Copy(json, member.Value, root);
                }
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Copy(json, item, root);
                json.WriteEndArray();
                break;
            default:
                element.WriteTo(json);
                break;
        }
    }
}
