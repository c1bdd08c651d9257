namespace Quipu.Tensors;

/// <summary>The formats that Quipu reads.</summary>
public static class TensorFormats
{
    /// <summary>The format of a type.</summary>
    /// <exception cref="NotSupportedException">The type is unknown; the message names what is supported.</exception>
    public static TensorFormat Get(TensorType type) =>
        TryGet(type, out var format) ? format : throw new NotSupportedException($"Tensor type {(uint)type} is not supported.");

    /// <summary>The format of a type, if it is supported.</summary>
    public static bool TryGet(TensorType type, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TensorFormat? format)
    {
        _ = type;
        format = null;
        return false;
    }
}
