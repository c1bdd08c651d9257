using System.Globalization;
using System.Text;
using System.Text.Json;
using Quipu.Cli.Flags;
using Quipu.Packaging;

namespace Quipu.Cli.Tools.Packaging;

/// <summary>Lists what a container holds: programs and entries, with sizes and places.</summary>
internal static class ListTool
{
    /// <summary>Lists.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, TextWriter output)
    {
        using var container = Container.Open(PackagingTools.SingleFile(flags));
        var engine = container.ReadEngine();
        var links = ExternalWeights.Read(container);
        if (flags.IsOn(ToolFlags.Json))
        {
            WriteJson(container, engine, links, output);
            return Failure.Success;
        }
        if (engine is not null)
        {
            output.WriteLine($"quipu {engine.Version}, {engine.Length} bytes of programs: win-x64 and");
            foreach (var payload in engine.Payloads)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{payload.Length,14} {payload.Target}, {Compression(payload)} at {payload.Offset}"));
        }
        foreach (var entry in container.Entries)
        {
            string place = entry.IsStored
                ? string.Create(CultureInfo.InvariantCulture, $"at {container.DataOffset(entry)}")
                : string.Create(CultureInfo.InvariantCulture, $"compressed to {entry.CompressedLength}");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entry.Length,14} {Printable(entry.Name)}, {place}"));
        }
        foreach (var link in links)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{link.Length,14} {link.Name}, a file beside it"));
        return Failure.Success;
    }

    private static string Compression(Payload payload) => string.Create(
        CultureInfo.InvariantCulture, $"{(payload.Extractor is null ? "compressed to" : "in a stream of")} {payload.CompressedLength}");

    /// <summary>A name without what a terminal would obey.</summary>
    public static string Printable(string name) => string.Concat(name.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));

    private static void WriteJson(Container container, ContainerEngine? engine, IReadOnlyList<ExternalWeights> links, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("file", container.Path);
            json.WriteNumber("bytes", container.Length);
            json.WriteString("version", engine?.Version);
            json.WriteStartArray("programs");
            foreach (var payload in engine?.Payloads ?? [])
                WriteProgram(json, payload);
            json.WriteEndArray();
            json.WriteStartArray("entries");
            foreach (var entry in container.Entries)
                WriteEntry(json, container, entry);
            json.WriteEndArray();
            json.WriteStartArray("external");
            foreach (var link in links)
                WriteLink(json, link);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.Write(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        output.Write('\n');
    }

    private static void WriteProgram(Utf8JsonWriter json, Payload payload)
    {
        json.WriteStartObject();
        json.WriteString("target", payload.Target);
        json.WriteNumber("bytes", payload.Length);
        json.WriteNumber("compressedBytes", payload.CompressedLength);
        json.WriteNumber("offset", payload.Offset);
        json.WriteString("extractor", payload.Extractor);
        json.WriteNumber("skip", payload.Skip);
        json.WriteString("sha256", payload.Sha256);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, Container container, ContainerEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("name", entry.Name);
        json.WriteNumber("bytes", entry.Length);
        json.WriteNumber("compressedBytes", entry.CompressedLength);
        json.WriteBoolean("stored", entry.IsStored);
        json.WriteNumber("offset", container.DataOffset(entry));
        json.WriteString("crc32", entry.Crc32.ToString("x8", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void WriteLink(Utf8JsonWriter json, ExternalWeights link)
    {
        json.WriteStartObject();
        json.WriteString("name", link.Name);
        json.WriteNumber("bytes", link.Length);
        json.WriteString("sha256", link.Checksum);
        json.WriteEndObject();
    }
}
