using Quipu.Gguf;
using Quipu.Testing;

namespace Quipu.Models.Tests;

/// <summary>Variants of the tiny Gemma 3, written to a temporary file.</summary>
public sealed class ModelFile : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    /// <summary>Writes a variant and opens it.</summary>
    /// <param name="metadata">Entries to add or replace; null removes one.</param>
    /// <param name="keepTensor">Which tensors to keep.</param>
    public ModelFile(Dictionary<string, GgufValue?> metadata, Func<string, bool>? keepTensor = null)
    {
        using var source = GgufFile.Open(TestPaths.Fixture("tiny", "tiny2l-f32.gguf"));
        var writer = new GgufWriter();
        foreach (var (key, value) in source.Metadata)
            if (!metadata.ContainsKey(key))
                writer.Add(key, value);
        foreach (var (key, value) in metadata)
            if (value is not null)
                writer.Add(key, value);
        foreach (var tensor in source.Tensors.Where(tensor => keepTensor?.Invoke(tensor.Name) ?? true))
            writer.AddTensor(tensor);
        using (var stream = System.IO.File.Create(_path))
            writer.Write(stream);
        File = GgufFile.Open(_path);
    }

    /// <summary>The variant.</summary>
    public GgufFile File { get; }

    public void Dispose()
    {
        File.Dispose();
        System.IO.File.Delete(_path);
    }
}
