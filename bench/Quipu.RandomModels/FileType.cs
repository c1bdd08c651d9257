using Quipu.Tensors;

namespace Quipu.RandomModels;

/// <summary>A kind of file that llama.cpp's quantizer writes.</summary>
/// <param name="Name">As the quantizer calls it.</param>
/// <param name="Number">The value of <c>general.file_type</c>.</param>
/// <param name="Default">The type of a matrix that no rule changes.</param>
internal sealed record FileType(string Name, uint Number, TensorType Default)
{
    /// <summary>All that can be made.</summary>
    public static IReadOnlyList<FileType> All { get; } =
    [
        new("F16", 1, TensorType.F16), new("BF16", 32, TensorType.BF16), new("Q8_0", 7, TensorType.Q8_0),
        new("Q4_0", 2, TensorType.Q4_0), new("Q4_1", 3, TensorType.Q4_1), new("Q5_0", 8, TensorType.Q5_0), new("Q5_1", 9, TensorType.Q5_1),
        new("Q4_K_S", 14, TensorType.Q4_K), new("Q4_K_M", 15, TensorType.Q4_K), new("Q5_K_S", 16, TensorType.Q5_K),
        new("Q5_K_M", 17, TensorType.Q5_K), new("Q6_K", 18, TensorType.Q6_K), new("IQ4_NL", 25, TensorType.IQ4_NL),
    ];

    private bool GivesMoreBits => Name is "Q4_K_M" or "Q5_K_M";

    /// <summary>
    /// The type that the quantizer (without an importance matrix) gives a matrix: more bits where errors hurt most, and a type of small
    /// blocks where a row is no whole number of super-blocks.
    /// </summary>
    /// <param name="tensor">The matrix's name without layer and suffix, e.g. <c>ffn_down</c>.</param>
    /// <param name="layer">Its layer.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="shape">The model.</param>
    public TensorType Of(string tensor, int layer, int columns, GemmaShape shape)
    {
        if (Default is TensorType.F16 or TensorType.BF16)
            return Default;
        int layers = shape.Layers;
        TensorType type = Default;
        if (tensor == "token_embd") // the output layer as well
            type = columns % 256 != 0 || Default == TensorType.Q8_0 ? TensorType.Q8_0 : TensorType.Q6_K;
        else if (tensor == "attn_v" && GivesMoreBits && UseMoreBits(layer, layers))
            type = TensorType.Q6_K;
        else if (tensor == "attn_v" && ((Name == "Q4_K_S" && layer < 4) || (Name == "IQ4_NL" && shape.Heads / shape.KvHeads >= 4)))
            type = TensorType.Q5_K;
        else if (tensor == "ffn_down" && GivesMoreBits && UseMoreBits(layer, layers))
            type = TensorType.Q6_K;
        else if (tensor == "ffn_down" && (Name is "Q4_K_S" or "IQ4_NL") && layer < layers / 8)
            type = TensorType.Q5_K;
        return columns % TensorFormats.Get(type).BlockLength == 0 ? type : Fallback(type);
    }

    // The first and the last eighth of the layers, and every third between.
    private static bool UseMoreBits(int layer, int layers) =>
        layer < layers / 8 || layer >= 7 * layers / 8 || (layer - (layers / 8)) % 3 == 2;

    private static TensorType Fallback(TensorType type) => type switch
    {
        TensorType.Q4_K => TensorType.Q5_0,
        TensorType.Q5_K => TensorType.Q5_1,
        TensorType.Q6_K => TensorType.Q8_0,
        _ => throw new NotSupportedException($"Rows that are no multiple of a block of {type} have no other type."),
    };
}
