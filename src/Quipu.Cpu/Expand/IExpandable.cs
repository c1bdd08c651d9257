using System.Runtime.Intrinsics;

namespace Quipu.Cpu.Expand;

/// <summary>What an expander knows of a quantized format, element by element: w = Scale · Quant + Minimum.</summary>
internal unsafe interface IExpandable
{
    /// <summary>Elements of a block.</summary>
    static abstract int BlockLength { get; }

    /// <summary>Bytes of a block.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>What quants can be; signed ones have no minimum.</summary>
    static abstract QuantRange Range { get; }

    /// <summary>The quant of an element of a block.</summary>
    static abstract int Quant(byte* block, int index);

    /// <summary>The scale of 16 elements of a block.</summary>
    static abstract float Scale(byte* block, int group);

    /// <summary>The minimum of 16 elements of a block; not asked of signed formats.</summary>
    static abstract float Minimum(byte* block, int group);
}

/// <summary>A format of blocks of 32 elements that begin with an F16 scale.</summary>
internal unsafe interface ISmallBlocks : IExpandable
{
    /// <summary>All quants of a block.</summary>
    static abstract TBytes Quants<TBytes>(byte* block) where TBytes : struct, IBytes32<TBytes>;

    /// <summary>The minimums of four blocks, from their first four bytes and their scales; not asked of signed formats.</summary>
    static abstract Vector128<float> Minimums(Vector128<int> heads, Vector128<float> scales);
}

/// <summary>A format of super-blocks of 256 elements.</summary>
internal unsafe interface ISuperBlocks : IExpandable
{
    /// <summary>Expands one super-block: 256 quants, 16 scales, 16 minimums unless the format is signed.</summary>
    static abstract void Expand<TBytes>(byte* block, byte* quants, float* scales, float* mins) where TBytes : struct, IBytes32<TBytes>;
}
