using System.Collections.Frozen;
using Quipu.Tensors;

namespace Quipu.Gguf;

/// <summary>
/// Names of all tensor types that GGUF files are known to hold, with the block layout of those that <see cref="TensorFormats"/> does not
/// read: enough to say what a file has, and to check where its tensors lie.
/// </summary>
internal static class TensorTypeNames
{
    /// <summary>Types without a format: name, elements and bytes of a block. 0 where the layout is not settled or was withdrawn.</summary>
    private static readonly FrozenDictionary<uint, (string Name, int Length, int Bytes)> Foreign =
        new Dictionary<uint, (string, int, int)>
        {
            [4] = ("Q4_2", 0, 0),
            [5] = ("Q4_3", 0, 0),
            [9] = ("Q8_1", 32, 36),
            [15] = ("Q8_K", 256, 292),
            [16] = ("IQ2_XXS", 256, 66),
            [17] = ("IQ2_XS", 256, 74),
            [18] = ("IQ3_XXS", 256, 98),
            [19] = ("IQ1_S", 256, 50),
            [21] = ("IQ3_S", 256, 110),
            [22] = ("IQ2_S", 256, 82),
            [24] = ("I8", 1, 1),
            [25] = ("I16", 1, 2),
            [26] = ("I32", 1, 4),
            [27] = ("I64", 1, 8),
            [28] = ("F64", 1, 8),
            [29] = ("IQ1_M", 256, 56),
            [31] = ("Q4_0_4_4", 32, 18),
            [32] = ("Q4_0_4_8", 32, 18),
            [33] = ("Q4_0_8_8", 32, 18),
            [34] = ("TQ1_0", 256, 54),
            [35] = ("TQ2_0", 256, 66),
            [36] = ("IQ4_NL_4_4", 32, 18),
            [37] = ("IQ4_NL_4_8", 32, 18),
            [38] = ("IQ4_NL_8_8", 32, 18),
            [39] = ("MXFP4", 32, 17),
            [40] = ("NVFP4", 64, 36),
            [41] = ("Q1_0", 128, 18),
            [42] = ("Q2_0", 0, 0),
        }.ToFrozenDictionary();

    /// <summary>The names of the types that can be used, for messages.</summary>
    public static string Supported =>
        string.Join(", ", Enum.GetValues<TensorType>().Where(type => TensorFormats.TryGet(type, out _)).Select(type => type.ToString()));

    /// <summary>The name of a type, or <c>type N</c> where nobody knows it.</summary>
    public static string NameOf(TensorType type)
    {
        if (Enum.IsDefined(type))
            return type.ToString();
        return Foreign.TryGetValue((uint)type, out var known) ? known.Name : $"type {(uint)type}";
    }

    /// <summary>Elements and bytes of a block.</summary>
    /// <returns>Whether they are known.</returns>
    public static bool TryGetBlock(TensorType type, out int length, out int bytes)
    {
        if (TensorFormats.TryGet(type, out var format))
        {
            (length, bytes) = (format.BlockLength, format.BlockBytes);
            return true;
        }
        bool known = Foreign.TryGetValue((uint)type, out var foreign);
        (length, bytes) = (foreign.Length, foreign.Bytes);
        return known && length > 0;
    }
}
