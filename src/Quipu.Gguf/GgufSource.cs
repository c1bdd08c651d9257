namespace Quipu.Gguf;

/// <summary>Where a GGUF lies: a whole file, or bytes within one, such as an entry of a container.</summary>
/// <param name="Name">What it is called, for messages, and by which the other parts of a split set are found.</param>
/// <param name="Path">The file that holds it.</param>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Length">How many bytes there are; null: up to the file's end.</param>
public sealed record GgufSource(string Name, string Path, long Offset = 0, long? Length = null)
{
    /// <summary>The name without folders, for people.</summary>
    public string ShortName { get; init; } = System.IO.Path.GetFileName(Name);

    /// <summary>A file that is a GGUF as a whole.</summary>
    public static GgufSource File(string path) => new(path, path);
}
