namespace Quipu.Tensors;

/// <summary>How the elements of a tensor are stored. The values are GGUF's own (<c>ggml_type</c>).</summary>
public enum TensorType : uint
{
    /// <summary>32-bit IEEE float.</summary>
    F32 = 0,
    /// <summary>16-bit IEEE float.</summary>
    F16 = 1,
    /// <summary>Blocks of 32: F16 scale, 4-bit quants; w = d·(q − 8).</summary>
    Q4_0 = 2,
    /// <summary>Blocks of 32: F16 scale and minimum, 4-bit quants; w = d·q + m.</summary>
    Q4_1 = 3,
    /// <summary>Blocks of 32: F16 scale, 5-bit quants; w = d·(q − 16).</summary>
    Q5_0 = 6,
    /// <summary>Blocks of 32: F16 scale and minimum, 5-bit quants; w = d·q + m.</summary>
    Q5_1 = 7,
    /// <summary>Blocks of 32: F16 scale, 8-bit signed quants; w = d·q.</summary>
    Q8_0 = 8,
    /// <summary>Super-blocks of 256: 16 sub-blocks of 16 with 4-bit scale and minimum, 2-bit quants.</summary>
    Q2_K = 10,
    /// <summary>Super-blocks of 256: 16 sub-blocks of 16 with 6-bit signed scale, 3-bit quants.</summary>
    Q3_K = 11,
    /// <summary>Super-blocks of 256: 8 sub-blocks of 32 with 6-bit scale and minimum, 4-bit quants.</summary>
    Q4_K = 12,
    /// <summary>Super-blocks of 256: 8 sub-blocks of 32 with 6-bit scale and minimum, 5-bit quants.</summary>
    Q5_K = 13,
    /// <summary>Super-blocks of 256: 16 sub-blocks of 16 with 8-bit signed scale, 6-bit quants.</summary>
    Q6_K = 14,
    /// <summary>Blocks of 32: F16 scale, 4-bit indices into a fixed table of 16 values.</summary>
    IQ4_NL = 20,
    /// <summary>Super-blocks of 256: 8 sub-blocks of 32 with 6-bit scale, 4-bit indices into the table of IQ4_NL.</summary>
    IQ4_XS = 23,
    /// <summary>16-bit brain float: the upper half of an F32.</summary>
    BF16 = 30,
}
