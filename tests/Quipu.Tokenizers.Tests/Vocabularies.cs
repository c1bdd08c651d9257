using System.Collections.Concurrent;
using Quipu.Gguf;
using Quipu.Testing;

namespace Quipu.Tokenizers.Tests;

/// <summary>The vocabularies that the tests run on, each loaded once.</summary>
internal static class Vocabularies
{
    public const string Bundled = "bundled";

    private static readonly ConcurrentDictionary<string, Lazy<Tokenizer>> Cache = new();

    public static TheoryData<string> Names => ["gemma3", "llama-spm", "llama-bpe", "qwen2", "gpt-2", "smollm2", Bundled];

    public static TheoryData<string> ByteLevelNames => ["llama-bpe", "qwen2", "gpt-2", Bundled];

    /// <summary>The tokenizer of a vocabulary; skips the test where the file is not here.</summary>
    public static Tokenizer Get(string name)
    {
        string path = name == Bundled
            ? TestPaths.BundledModel
            : TestPaths.Require(TestPaths.Shared("golden", "tokenizer", name + ".gguf"), $"The vocabulary {name}.gguf");
        return Cache.GetOrAdd(name, _ => new Lazy<Tokenizer>(() => Load(path))).Value;
    }

    public static Tokenizer Load(string path)
    {
        using var file = GgufFile.Open(path);
        return Tokenizer.FromGguf(file.Metadata);
    }
}
