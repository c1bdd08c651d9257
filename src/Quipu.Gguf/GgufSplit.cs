using System.Globalization;
using System.Text.RegularExpressions;

namespace Quipu.Gguf;

/// <summary>A set of files that hold one model: NAME-00001-of-0000N.gguf, each with its number in the metadata.</summary>
internal static partial class GgufSplit
{
    private const string NumberKey = "split.no";
    private const string CountKey = "split.count";
    private const string TensorsKey = "split.tensors.count";

    /// <summary>Opens the other parts of the set that a first part begins.</summary>
    /// <param name="parts">The first part; the others are added in order.</param>
    /// <param name="map">Maps a file.</param>
    /// <exception cref="GgufException">It is not the first part, or a part is missing or does not fit.</exception>
    public static void OpenOthers(List<GgufPart> parts, Func<string, GgufMapping> map)
    {
        GgufPart first = parts[0];
        string path = first.Mapping.Path;
        int count = ReadNumber(first, CountKey) ?? 1;
        int number = ReadNumber(first, NumberKey) ?? 0;
        if (count < 1 || number < 0 || number >= count)
            throw new GgufException($"{path}: {NumberKey} {number} and {CountKey} {count} do not fit together. The file is damaged.");
        if (number != 0)
        {
            throw new GgufException($"{path} is part {number + 1} of {count}. Open the first part, {FirstName(path, count)}: " +
                "it finds the others.");
        }

        if (count > 1)
        {
            string stem = StemOf(path, count);
            for (int i = 1; i < count; i++)
                parts.Add(OpenPart($"{stem}-{i + 1:D5}-of-{count:D5}.gguf", i, count, map));
        }
        CheckTensors(parts);
    }

    private static GgufPart OpenPart(string path, int number, int count, Func<string, GgufMapping> map)
    {
        GgufMapping mapping;
        try
        {
            mapping = map(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new GgufException($"{path} is missing: part {number + 1} of {count}. All parts must lie in one folder.", e);
        }
        try
        {
            var part = GgufPart.Read(mapping);
            int? itsNumber = ReadNumber(part, NumberKey);
            int? itsCount = ReadNumber(part, CountKey);
            if (itsNumber != number || itsCount != count)
            {
                throw new GgufException($"{path} should be part {number + 1} of {count}, but says {NumberKey} {Show(itsNumber)}, " +
                    $"{CountKey} {Show(itsCount)}. It belongs to another set.");
            }
            return part;
        }
        catch
        {
            mapping.Dispose();
            throw;
        }
    }

    private static void CheckTensors(List<GgufPart> parts)
    {
        string path = parts[0].Mapping.Path;
        int tensors = 0;
        foreach (var part in parts)
            tensors += part.Tensors.Length;
        if (parts.Count > 1 && ReadNumber(parts[0], TensorsKey) is { } expected && expected != tensors)
        {
            throw new GgufException($"{path}: the {parts.Count} parts hold {tensors} tensors together, but {TensorsKey} says {expected}. " +
                "The parts are not of one set.");
        }
        for (int i = 0; i < parts.Count; i++)
        {
            foreach (GgufTensor tensor in parts[i].Tensors)
                tensor.Part = i;
        }
    }

    private static int? ReadNumber(GgufPart part, string key) => part.Metadata.GetInt32OrNull(key);

    private static string Show(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "nothing for";

    private static string StemOf(string path, int count)
    {
        Match match = PartName().Match(path);
        string digits = count.ToString("D5", CultureInfo.InvariantCulture);
        if (match.Success && match.Groups["no"].Value == "00001" && match.Groups["count"].Value == digits)
            return match.Groups["stem"].Value;
        throw new GgufException($"{path} is the first of {count} parts, but is not named so: it must end in -00001-of-{digits}.gguf, " +
            "and the others likewise.");
    }

    private static string FirstName(string path, int count)
    {
        Match match = PartName().Match(path);
        return match.Success
            ? $"{match.Groups["stem"].Value}-00001-of-{match.Groups["count"].Value}.gguf"
            : $"the file that ends in -00001-of-{count:D5}.gguf";
    }

    [GeneratedRegex(@"^(?<stem>.+)-(?<no>[0-9]{5})-of-(?<count>[0-9]{5})\.gguf\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex PartName();
}
