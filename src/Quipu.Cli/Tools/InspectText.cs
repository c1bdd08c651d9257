using System.Globalization;
using System.Text;
using Quipu.Gguf;

namespace Quipu.Cli.Tools;

/// <summary>The contents of a GGUF file as aligned tables for people.</summary>
internal static class InspectText
{
    private const int LongestString = 160;
    private const int MostElements = 6;
    private const int LongestElement = 32;

    public static void Write(GgufFile file, TextWriter output)
    {
        for (int i = 0; i < file.Paths.Count; i++)
            output.WriteLine(Escape(file.Paths[i]) + (file.Paths.Count == 1 ? "" : $" (part {i + 1} of {file.Paths.Count})"));
        output.WriteLine($"GGUF version {file.Version}, alignment {file.Alignment}, {file.ByteLength} bytes");

        output.WriteLine();
        output.WriteLine($"Metadata: {file.Metadata.Count} keys");
        var metadata = file.Metadata.Select(entry => new[] { Escape(entry.Key), TypeOf(entry.Value), Show(entry.Value) });
        WriteTable(output, [.. metadata], rightAligned: []);

        output.WriteLine();
        output.WriteLine($"Tensors: {file.Tensors.Count}");
        if (file.Tensors.Count == 0)
            return;
        string[][] tensors =
        [
            ["name", "type", "shape", "bytes", "offset", "part"],
            .. file.Tensors.Select(tensor => new[]
            {
                Escape(tensor.Name), tensor.TypeName, $"[{string.Join(", ", tensor.Dimensions)}]",
                tensor.IsSizeKnown ? Number(tensor.ByteLength) : "?", Number(tensor.Offset), Number(tensor.Part + 1),
            }),
        ];
        WriteTable(output, tensors, rightAligned: [3, 4, 5]);

        output.WriteLine();
        output.WriteLine("Totals");
        string[][] totals =
        [
            ["type", "tensors", "elements", "bytes"],
            .. InspectTool.Totals(file).Select(total => new[]
            {
                total.Type, Number(total.Tensors), total.Elements.ToString(CultureInfo.InvariantCulture),
                total.Bytes is { } bytes ? Number(bytes) : "?",
            }),
        ];
        WriteTable(output, totals, rightAligned: [1, 2, 3]);
    }

    private static void WriteTable(TextWriter output, string[][] rows, int[] rightAligned)
    {
        if (rows.Length == 0)
            return;
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            var cells = row.Select((cell, column) =>
                rightAligned.Contains(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            output.WriteLine(("  " + string.Join("  ", cells)).TrimEnd());
        }
    }

    private static string TypeOf(GgufValue value) => value.Type == GgufValueType.Array ? TypeOf(value.Array) : value.Type.ToString();

    private static string TypeOf(GgufArray array) => $"{array.ElementType}[{array.Count}]";

    private static string Show(GgufValue value) => value.Type switch
    {
        GgufValueType.String => Quote(value.GetString(), LongestString),
        GgufValueType.Array => Show(value.Array),
        _ => value.ToString(),
    };

    private static string Show(GgufArray array)
    {
        IEnumerable<string> elements = Enumerable.Range(0, Math.Min(array.Count, MostElements)).Select(i =>
        {
            GgufValue element = array.GetValue(i);
            return element.Type switch
            {
                GgufValueType.String => Quote(element.GetString(), LongestElement),
                GgufValueType.Array => TypeOf(element.Array),
                _ => element.ToString(),
            };
        });
        string shown = string.Join(", ", elements);
        return array.Count > MostElements ? $"[{shown}, … {array.Count - MostElements} more]" : $"[{shown}]";
    }

    /// <summary>A text in quotes, cut short if it is long.</summary>
    private static string Quote(string text, int longest)
    {
        if (text.Length <= longest)
            return $"\"{Escape(text)}\"";
        // Never half of a surrogate pair.
        int length = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return $"\"{Escape(text[..length])}\"… {text.Length - length} more characters";
    }

    /// <summary>Makes a text of a file harmless for a terminal: whatever is not to be seen is written as its code.</summary>
    private static string Escape(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                '\\' => result.Append("\\\\"),
                '"' => result.Append("\\\""),
                _ when IsInvisible(c) => result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => result.Append(c),
            };
        }
        return result.ToString();
    }

    private static bool IsInvisible(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
