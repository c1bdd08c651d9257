using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Quipu.Gguf;

namespace Quipu.Cli.Tools;

/// <summary>
/// The contents of a GGUF file as JSON: complete, in file order, always with the same names. Bytes that are no UTF-8 are U+FFFD, floats
/// that JSON cannot write are the strings NaN, Infinity and -Infinity.
/// </summary>
internal sealed class InspectJson : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly TextWriter _output;

    private InspectJson(TextWriter output)
    {
        _output = output;
        // Relaxed: the output goes to a file or a terminal, never into a web page. Control characters are escaped all the same.
        _json = new Utf8JsonWriter(
            _buffer,
            new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    public static void Write(GgufFile file, TextWriter output)
    {
        using var writer = new InspectJson(output);
        writer.WriteFile(file);
        output.Write('\n');
    }

    public void Dispose() => _json.Dispose();

    private void WriteFile(GgufFile file)
    {
        _json.WriteStartObject();
        _json.WriteStartArray("files");
        foreach (string path in file.Paths)
            _json.WriteStringValue(path);
        _json.WriteEndArray();
        _json.WriteNumber("bytes", file.ByteLength);
        _json.WriteNumber("version", file.Version);
        _json.WriteNumber("alignment", file.Alignment);

        _json.WriteStartObject("metadata");
        foreach (var (key, value) in file.Metadata)
        {
            _json.WritePropertyName(key);
            WriteTyped(value);
            Drain();
        }
        _json.WriteEndObject();

        _json.WriteStartArray("tensors");
        foreach (GgufTensor tensor in file.Tensors)
            WriteTensor(tensor);
        _json.WriteEndArray();
        WriteTotals(file);
        _json.WriteEndObject();
        Drain();
    }

    private void WriteTensor(GgufTensor tensor)
    {
        _json.WriteStartObject();
        _json.WriteString("name", tensor.Name);
        _json.WriteString("type", tensor.TypeName);
        _json.WriteNumber("typeNumber", (uint)tensor.Type);
        _json.WriteBoolean("supported", tensor.IsSupported);
        _json.WriteStartArray("shape");
        foreach (long length in tensor.Dimensions)
            _json.WriteNumberValue(length);
        _json.WriteEndArray();
        WriteBytes(tensor.IsSizeKnown ? tensor.ByteLength : null);
        _json.WriteNumber("offset", tensor.Offset);
        _json.WriteNumber("part", tensor.Part + 1);
        _json.WriteEndObject();
    }

    private void WriteTotals(GgufFile file)
    {
        _json.WriteStartArray("totals");
        foreach (TypeTotal total in InspectTool.Totals(file))
        {
            _json.WriteStartObject();
            _json.WriteString("type", total.Type);
            _json.WriteNumber("tensors", total.Tensors);
            _json.WriteNumber("elements", total.Elements);
            WriteBytes(total.Bytes);
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    private void WriteBytes(long? bytes)
    {
        if (bytes is { } known)
            _json.WriteNumber("bytes", known);
        else
            _json.WriteNull("bytes");
    }

    /// <summary>Writes { type, value } or, for an array, { type, elementType, count, value }.</summary>
    private void WriteTyped(GgufValue value)
    {
        _json.WriteStartObject();
        _json.WriteString("type", value.Type.ToString());
        if (value.Type == GgufValueType.Array)
        {
            _json.WriteString("elementType", value.Array.ElementType.ToString());
            _json.WriteNumber("count", value.Array.Count);
        }
        _json.WritePropertyName("value");
        WriteValue(value);
        _json.WriteEndObject();
    }

    private void WriteValue(GgufValue value)
    {
        switch (value.Type)
        {
            case GgufValueType.String:
                _json.WriteStringValue(value.GetString());
                break;
            case GgufValueType.Array:
                WriteElements(value.Array);
                break;
            case GgufValueType.Bool:
                value.TryGetBoolean(out bool truth);
                _json.WriteBooleanValue(truth);
                break;
            case GgufValueType.Float32 or GgufValueType.Float64 when value.TryGetDouble(out double number) && !double.IsFinite(number):
                _json.WriteStringValue(value.ToString());
                break;
            default:
                // The shortest text that gives the same number back, also for 32-bit floats; never with a comma.
                _json.WriteRawValue(value.ToString());
                break;
        }
    }

    private void WriteElements(GgufArray array)
    {
        _json.WriteStartArray();
        for (int i = 0; i < array.Count; i++)
        {
            GgufValue element = array.GetValue(i);
            if (element.Type == GgufValueType.Array)
                WriteTyped(element);
            else
                WriteValue(element);
        }
        _json.WriteEndArray();
    }

    /// <summary>Hands on what was written. It ends between two tokens, so never within a character.</summary>
    private void Drain()
    {
        _json.Flush();
        _output.Write(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        _buffer.ResetWrittenCount();
    }
}
