using Quipu.Engine.Chat;
using Quipu.Server.Http;

namespace Quipu.Server.Chat;

/// <summary>Reads what an answer must be, and the name of the field that says so.</summary>
internal static class FormatReader
{
    /// <summary>Reads OpenAI's <c>response_format</c>.</summary>
    public static (OutputFormat Format, string Param) Read(Fields fields) =>
        fields.Object("response_format") is { } format ? ReadFormat(format, nested: true) : (OutputFormat.Text, "response_format");

    /// <summary>Reads a format.</summary>
    /// <param name="format">Type and schema.</param>
    /// <param name="nested">
    /// Whether the schema is in an object of its own, as chat completions have it, or beside the type, as responses do.
    /// </param>
    public static (OutputFormat Format, string Param) ReadFormat(Fields format, bool nested)
    {
        switch (format.OneOf("type", "text", "text", "json_object", "json_schema"))
        {
            case "json_object":
                // llama.cpp takes a schema here too.
                return format.Find("schema") is { } own
                    ? (new OutputFormat(OutputKind.JsonSchema, own), format.PathOf("schema"))
                    : (OutputFormat.JsonObject, format.PathOf("type"));
            case "json_schema":
                var holder = nested
                    ? format.Object("json_schema")
                        ?? throw ApiException.Missing(format.PathOf("json_schema"), "name and schema of the answer")
                    : format;
                return holder.Find("schema") is { } schema
                    ? (new OutputFormat(OutputKind.JsonSchema, schema), holder.PathOf("schema"))
                    : throw ApiException.Missing(holder.PathOf("schema"), "the JSON schema of the answer");
            default:
                return (OutputFormat.Text, format.PathOf("type"));
        }
    }
}
