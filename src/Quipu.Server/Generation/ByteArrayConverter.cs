using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quipu.Server.Generation;

/// <summary>Writes bytes as an array of numbers, where JSON would have base64.</summary>
internal sealed class ByteArrayConverter : JsonConverter<byte[]>
{
    /// <inheritdoc/>
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are only written.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (byte each in value)
            writer.WriteNumberValue(each);
        writer.WriteEndArray();
    }
}
