using Quipu.Gguf;
using Quipu.Models.Gemma3;
using Quipu.Models.Llama;
using Quipu.Tensors;

namespace Quipu.Models;

/// <summary>The architectures that Quipu runs, by GGUF's name.</summary>
public static class Architectures
{
    private static readonly Dictionary<string, Func<GgufFile, IDevice, IModel>> Loaders = new(StringComparer.Ordinal)
    {
        ["gemma3"] = (file, device) => new Gemma3Model(file, device),
        ["llama"] = (file, device) => new LlamaModel(file, device),
    };

    /// <summary>Names of the supported architectures.</summary>
    public static IReadOnlyCollection<string> Supported => Loaders.Keys;

    /// <summary>Loads a model's weights onto a device. The file must stay open as long as the model.</summary>
    /// <exception cref="ModelException">The architecture is not supported, or its metadata or tensors do not fit together.</exception>
    public static IModel Load(GgufFile file, IDevice device)
    {
        string name = file.Metadata.GetString("general.architecture");
        if (!Loaders.TryGetValue(name, out var load))
            throw new ModelException($"The model's architecture '{name}' is not supported. Supported are: {string.Join(", ", Supported)}.");
        return load(file, device);
    }
}
