using Quipu.Gguf;
using Quipu.Tensors;

namespace Quipu.Models;

/// <summary>Reads an architecture's metadata and weights from a file, checking every number and shape.</summary>
internal sealed class ModelReader(GgufFile file, IDevice device)
{
    private readonly string _architecture = file.Metadata.GetString("general.architecture");

    public GgufMetadata Metadata => file.Metadata;

    public string Architecture => _architecture;

    public string Key(string name) => $"{_architecture}.{name}";

    /// <summary>A count that must be present and lie in 1..limit.</summary>
    public int Count(string name, int limit) => InRange(name, Metadata.GetInt32(Key(name)), limit);

    /// <summary>A count with a default.</summary>
    public int Count(string name, int limit, int fallback) => InRange(name, Metadata.GetInt32OrNull(Key(name)) ?? fallback, limit);

    /// <summary>A finite number with a default.</summary>
    public float Number(string name, float fallback)
    {
        float value = Metadata.GetSingleOrNull(Key(name)) ?? fallback;
        return float.IsFinite(value) ? value : throw new ModelException($"Metadata '{Key(name)}' is {value}; a finite number is needed.");
    }

    /// <summary>A number that must be above zero.</summary>
    public float Positive(string name, float fallback)
    {
        float value = Number(name, fallback);
        return value > 0 ? value : throw new ModelException($"Metadata '{Key(name)}' is {value}; it must be above 0.");
    }

    /// <summary>Rows of the token embedding: the vocabulary as the weights know it.</summary>
    public int VocabularySize() => Find("token_embd.weight").View.Rows;

    /// <summary>A weight of a stated shape.</summary>
    public DeviceWeight Weight(string name, int rows, int columns)
    {
        var view = Find(name).View;
        if (view.Rows != rows || view.Columns != columns)
            throw new ModelException($"Tensor '{name}' is {view.Columns} x {view.Rows}; the metadata asks for {columns} x {rows}.");
        return device.LoadWeight(view);
    }

    /// <summary>A weight of a stated shape, or null where the file has none.</summary>
    public DeviceWeight? OptionalWeight(string name, int rows, int columns) =>
        file.TryGetTensor(name, out _) ? Weight(name, rows, columns) : null;

    /// <summary>A vector of F32.</summary>
    public DeviceWeight Vector(string name, int length)
    {
        var view = Find(name).View;
        if (view.Rows != 1 || view.Columns != length || view.Type != TensorType.F32)
            throw new ModelException($"Tensor '{name}' is {view.Columns} x {view.Rows} of {view.Type}; a vector of {length} F32 is needed.");
        return device.LoadWeight(view);
    }

    /// <summary>A vector of F32, or null where the file has none.</summary>
    public DeviceWeight? OptionalVector(string name, int length) => file.TryGetTensor(name, out _) ? Vector(name, length) : null;

    /// <summary>The elements of a vector, or null where the file has none.</summary>
    public float[]? OptionalElements(string name, int length)
    {
        if (!file.TryGetTensor(name, out var tensor))
            return null;
        var view = tensor.View;
        if (view.Rows != 1 || view.Columns != length)
            throw new ModelException($"Tensor '{name}' is {view.Columns} x {view.Rows}; a vector of {length} is needed.");
        float[] elements = new float[length];
        view.Format.Decode(view.Row(0), elements);
        return elements;
    }

    private GgufTensor Find(string name) => file.TryGetTensor(name, out var tensor)
        ? tensor
        : throw new ModelException($"The model file has no tensor '{name}', which architecture '{_architecture}' needs.");

    private int InRange(string name, int value, int limit) => value >= 1 && value <= limit
        ? value
        : throw new ModelException($"Metadata '{Key(name)}' is {value}; it must lie in 1..{limit}.");
}
