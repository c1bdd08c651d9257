using Quipu.Cpu.Expand;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// The inner step of a quantized product on one instruction set and for one kind of weights. A lane is a weight row: quants of
/// <see cref="Lanes"/> rows lie interleaved, four bytes of each in turn, so that one register holds four columns of all the rows and no sum is
/// ever taken across lanes. Integer products are exact; each group's are scaled and summed in F32.
/// </summary>
/// <typeparam name="TQuants">Four columns of all lanes.</typeparam>
/// <typeparam name="TInteger">Sums of integer products, as the kind of weights keeps them.</typeparam>
/// <typeparam name="TSum">An F32 for each lane.</typeparam>
internal unsafe interface IQuantizedDot<TQuants, TInteger, TSum>
{
    /// <summary>Weight rows of a panel: 4, 8 or 16.</summary>
    static abstract int Lanes { get; }

    /// <summary>The kind of weights.</summary>
    static abstract QuantRange Range { get; }

    /// <summary>The empty sum.</summary>
    static abstract TSum Zero { get; }

    /// <summary>Loads four columns of the panel.</summary>
    static abstract TQuants Load(byte* quants);

    /// <summary>Loads an F32 for each lane.</summary>
    static abstract TSum LoadLanes(float* source);

    /// <summary>Stores an F32 for each lane.</summary>
    static abstract void Store(TSum sum, float* destination);

    /// <summary>
    /// Products of 16 columns with 16 activations, summed, and multiplied by the lanes' sub-scales where the kind has them. Of the activations, four lie
    /// together at <paramref name="offset"/> and the next four <paramref name="stride"/> bytes on: constants, apart from the pointer, become part of the
    /// instructions that load.
    /// </summary>
    static abstract TInteger Sixteen(TQuants w0, TQuants w1, TQuants w2, TQuants w3, sbyte* activations, int offset, int stride, int* subScales);

    /// <summary>The sum of two sums of 16.</summary>
    static abstract TInteger Add(TInteger a, TInteger b);

    /// <summary>The factors of the minimum times the sums of the activations, of both halves of a group; only of kinds with sub-scales.</summary>
    static abstract TInteger SubMins(int* subScales, int* halfSums);

    /// <summary>A group's sum for each lane.</summary>
    static abstract TSum ToSingle(TInteger sum);

    /// <summary>Product.</summary>
    static abstract TSum Multiply(TSum a, TSum b);

    /// <summary>a · the factor, in every lane.</summary>
    static abstract TSum Scale(TSum a, float* factor);

    /// <summary>a · b + sum, rounded once where the hardware fuses.</summary>
    static abstract TSum MultiplyAdd(TSum a, TSum b, TSum sum);

    /// <summary>a · the factor + sum, rounded once where the hardware fuses.</summary>
    static abstract TSum MultiplyAdd(TSum a, float* factor, TSum sum);
}

/// <summary>Quants of 0 … 15.</summary>
internal readonly struct Below16 : IWeightKind
{
    public static QuantRange Range => QuantRange.Below16;
}

/// <summary>Quants of 0 … 31.</summary>
internal readonly struct Below32 : IWeightKind
{
    public static QuantRange Range => QuantRange.Below32;
}

/// <summary>Quants of 0 … 63.</summary>
internal readonly struct Below64 : IWeightKind
{
    public static QuantRange Range => QuantRange.Below64;
}

/// <summary>Signed quants.</summary>
internal readonly struct Signed : IWeightKind
{
    public static QuantRange Range => QuantRange.Signed;
}
