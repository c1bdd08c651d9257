using System.Diagnostics.CodeAnalysis;
using Quipu.Tensors.Formats;

namespace Quipu.Tensors;

/// <summary>The formats that Quipu reads.</summary>
public static class TensorFormats
{
    private static readonly TensorFormat[] Supported =
    [
        new F32Format(), new F16Format(), new BF16Format(),
        new Q4_0Format(), new Q4_1Format(), new Q5_0Format(), new Q5_1Format(), new Q8_0Format(),
        new Q2_KFormat(), new Q3_KFormat(), new Q4_KFormat(), new Q5_KFormat(), new Q6_KFormat(),
        new IQ4_NLFormat(), new IQ4_XSFormat(),
    ];

    private static readonly TensorFormat?[] ByType = IndexByType();

    /// <summary>All supported formats.</summary>
    public static IReadOnlyList<TensorFormat> All => Supported;

    /// <summary>The format of a type.</summary>
    /// <exception cref="NotSupportedException">The type is unknown; the message names what is supported.</exception>
    public static TensorFormat Get(TensorType type) =>
        TryGet(type, out var format)
            ? format
            : throw new NotSupportedException(
                $"Tensor type {(uint)type} is not supported; supported are {string.Join(", ", Supported.Select(f => f.Type))}.");

    /// <summary>The format of a type, if it is supported.</summary>
    public static bool TryGet(TensorType type, [NotNullWhen(true)] out TensorFormat? format)
    {
        format = (uint)type < (uint)ByType.Length ? ByType[(uint)type] : null;
        return format is not null;
    }

    private static TensorFormat?[] IndexByType()
    {
        var table = new TensorFormat?[Supported.Max(f => (int)f.Type) + 1];
        foreach (var format in Supported)
            table[(int)format.Type] = format;
        return table;
    }
}
