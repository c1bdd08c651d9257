using Quipu.Gguf;

namespace Quipu.Cli.Tools;

/// <summary>Shows what a GGUF file holds: header, metadata, tensors, totals per type.</summary>
internal static class InspectTool
{
    /// <summary>Opens a file, or a split set by its first part, and writes what it holds.</summary>
    /// <param name="path">The file.</param>
    /// <param name="json">Complete, for programs; otherwise for people, with long texts and arrays cut short.</param>
    /// <param name="output">Where to write.</param>
    /// <returns>The exit code 0.</returns>
    /// <exception cref="GgufException">The file is damaged or not supported.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder or may not be read.</exception>
    public static int Run(string path, bool json, TextWriter output)
    {
        using var file = GgufFile.Open(path, OwnContainer.Weights.Locate);
        if (json)
            InspectJson.Write(file, output);
        else
            InspectText.Write(file, output);
        return 0;
    }

    /// <summary>Tensors, elements and bytes of each type, the most bytes first.</summary>
    public static IReadOnlyList<TypeTotal> Totals(GgufFile file) =>
        [.. file.Tensors
            .GroupBy(tensor => tensor.TypeName)
            .Select(group => new TypeTotal(
                group.Key,
                group.Count(),
                group.Sum(tensor => (decimal)tensor.ElementCount),
                group.All(tensor => tensor.IsSizeKnown) ? group.Sum(tensor => tensor.ByteLength) : null))
            .OrderByDescending(total => total.Bytes ?? 0)
            .ThenBy(total => total.Type, StringComparer.Ordinal)];
}

/// <summary>What the tensors of one type amount to.</summary>
/// <param name="Type">The type's name.</param>
/// <param name="Tensors">How many there are.</param>
/// <param name="Elements">Their elements. Of an unknown type a file may claim any number, so the sum may exceed 64 bits.</param>
/// <param name="Bytes">Their bytes; null where the type's layout is unknown.</param>
internal sealed record TypeTotal(string Type, int Tensors, decimal Elements, long? Bytes);
