using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Quipu.Tokenizers;

namespace Quipu.Cli.Tools;

/// <summary>The JSON that <c>quipu tokenize</c> reads and writes: one value a line.</summary>
/// <param name="output">Where to write.</param>
internal sealed class TokenizeJson(TextWriter output) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json =
        new(Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Reads a line that is a JSON string.</summary>
    /// <exception cref="InvalidDataException">It is none; the message begins with <paramref name="where"/>.</exception>
    public static string ReadText(string line, string where)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(line));
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw new InvalidDataException($"{where}expected one JSON string, but it begins with {reader.TokenType}.");
            string text = reader.GetString()!;
            ExpectEnd(ref reader, where);
            return text;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader reports half a surrogate pair as an invalid operation.
            throw new InvalidDataException($"{where}expected one JSON string: {error.Message}", error);
        }
    }

    /// <summary>Reads a line that is a JSON array of ids.</summary>
    /// <exception cref="InvalidDataException">It is none; the message begins with <paramref name="where"/>.</exception>
    public static int[] ReadIds(string line, string where)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(line));
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new InvalidDataException($"{where}expected one JSON array of token ids, but it begins with {reader.TokenType}.");
            List<int> ids = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int id))
                    throw new InvalidDataException($"{where}element {ids.Count} is no token id.");
                ids.Add(id);
            }
            ExpectEnd(ref reader, where);
            return [.. ids];
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{where}expected one JSON array of token ids: {error.Message}", error);
        }
    }

    /// <summary>Writes <c>[1,2,3]</c>.</summary>
    public void WriteIds(ReadOnlySpan<int> ids)
    {
        Begin();
        WriteArray(ids);
        End();
    }

    /// <summary>Writes a string.</summary>
    public void WriteText(string text)
    {
        Begin();
        _json.WriteStringValue(text);
        End();
    }

    /// <summary>Writes ids and what each stands for: a string, or an array of bytes where they are no whole UTF-8.</summary>
    public void WriteTokens(ReadOnlySpan<int> ids, Tokenizer tokenizer)
    {
        Begin();
        _json.WriteStartObject();
        _json.WritePropertyName("ids");
        WriteArray(ids);
        _json.WriteStartArray("pieces");
        foreach (int id in ids)
            WritePiece(tokenizer.Bytes(id, renderSpecial: true).Span);
        _json.WriteEndArray();
        _json.WriteEndObject();
        End();
    }

    /// <summary>Writes ids and their text.</summary>
    public void WriteDecoded(ReadOnlySpan<int> ids, string text)
    {
        Begin();
        _json.WriteStartObject();
        _json.WritePropertyName("ids");
        WriteArray(ids);
        _json.WriteString("text", text);
        _json.WriteEndObject();
        End();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private static void ExpectEnd(ref Utf8JsonReader reader, string where)
    {
        if (reader.Read())
            throw new InvalidDataException($"{where}there is more than one JSON value.");
    }

    private void Begin()
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
    }

    private void End()
    {
        _json.Flush();
        output.Write(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        output.Write('\n');
    }

    private void WriteArray(ReadOnlySpan<int> ids)
    {
        _json.WriteStartArray();
        foreach (int id in ids)
            _json.WriteNumberValue(id);
        _json.WriteEndArray();
    }

    private void WritePiece(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            _json.WriteStringValue(bytes);
            return;
        }
        _json.WriteStartArray();
        foreach (byte value in bytes)
            _json.WriteNumberValue(value);
        _json.WriteEndArray();
    }
}
