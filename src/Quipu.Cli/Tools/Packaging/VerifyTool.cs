using System.Text;
using System.Text.Json;
using Quipu.Cli.Flags;
using Quipu.Packaging;

namespace Quipu.Cli.Tools.Packaging;

/// <summary>Checks every byte of a container and says what is wrong with which part.</summary>
internal static class VerifyTool
{
    /// <summary>Checks.</summary>
    /// <returns>The exit code: that of a model that cannot be opened where a part is damaged.</returns>
    public static int Run(ParsedFlags flags, StandardStreams streams, ProgressBar progress, CancellationToken cancellationToken)
    {
        using var container = Container.Open(PackagingTools.SingleFile(flags));
        bool json = flags.IsOn(ToolFlags.Json);
        List<VerifiedPart> parts = [];
        foreach (var part in ContainerVerifier.Verify(container, progress, cancellationToken))
        {
            parts.Add(part);
            progress.Clear();
            if (!json)
                streams.Output.WriteLine(ListTool.Printable(Line(part)));
        }
        int problems = parts.Count(part => part.Problem is not null);
        if (json)
            WriteJson(container.Path, parts, streams.Output);
        else
            streams.Output.WriteLine(problems == 0 ? $"{container.Path} is whole." : $"{container.Path} is damaged: {RunLog.Count(problems, "part")} of {parts.Count}. Fetch it again.");
        return problems == 0 ? Failure.Success : Failure.Model;
    }

    private static string Line(VerifiedPart part)
    {
        if (part.Problem is not null)
            return $"BAD {part.Part}: {part.Problem}";
        return part.Note is null ? $"ok  {part.Part}" : $"ok  {part.Part}: {part.Note}";
    }

    private static void WriteJson(string path, List<VerifiedPart> parts, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("file", path);
            json.WriteBoolean("whole", parts.TrueForAll(part => part.Problem is null));
            json.WriteStartArray("parts");
            foreach (var part in parts)
            {
                json.WriteStartObject();
                json.WriteString("part", part.Part);
                json.WriteString("problem", part.Problem);
                json.WriteString("note", part.Note);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.Write(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        output.Write('\n');
    }
}
