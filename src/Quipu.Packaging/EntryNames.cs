using System.Buffers;

namespace Quipu.Packaging;

/// <summary>Names that are safe to write to the disk and readable everywhere.</summary>
public static class EntryNames
{
    private const int Longest = 255;

    private static readonly SearchValues<char> Special = SearchValues.Create("/\\:*?\"<>|");

    /// <summary>Whether it is a plain file name: no folder, nothing that a system reads otherwise.</summary>
    public static bool IsPlain(string name) =>
        name.Length is > 0 and <= Longest && name is not ("." or "..") && !name.AsSpan().ContainsAny(Special) && !name.Any(char.IsControl);

    /// <summary>Whether it is a path of plain names, so that it stays below the folder it is unpacked to.</summary>
    public static bool IsSafePath(string name) => name.Split('/').All(IsPlain);
}
