namespace Quipu.Cpu.MatMul;

/// <summary>
/// The inner step of a quantized product on one instruction set and for one kind of weights. A lane is a weight row: quants of
/// <see cref="Lanes"/> rows lie interleaved, four bytes of each in turn, so that one register holds four columns of all the rows and no sum is
/// ever taken across lanes. Integer products of every 16 columns are exact; they are scaled and summed in F32.
/// </summary>
/// <typeparam name="TQuants">Four columns of all lanes.</typeparam>
/// <typeparam name="TSum">An F32 for each lane.</typeparam>
internal unsafe interface IQuantizedDot<TQuants, TSum> : IQuantProducts<TQuants, TSum>
{
    /// <summary>Weight rows of a panel: 4, 8 or 16.</summary>
    static abstract int Lanes { get; }

    /// <summary>The empty sum.</summary>
    static abstract TSum Zero { get; }

    /// <summary>Loads four columns of the panel.</summary>
    static abstract TQuants Load(byte* quants);

    /// <summary>Loads an F32 for each lane.</summary>
    static abstract TSum LoadLanes(float* source);

    /// <summary>Stores an F32 for each lane.</summary>
    static abstract void Store(TSum sum, float* destination);

    /// <summary>a · the factor, in every lane.</summary>
    static abstract TSum Scale(TSum a, float* factor);

    /// <summary>a · b + sum, rounded once where the hardware fuses.</summary>
    static abstract TSum MultiplyAdd(TSum a, TSum b, TSum sum);

    /// <summary>a · the factor + sum, rounded once where the hardware fuses.</summary>
    static abstract TSum MultiplyAdd(TSum a, float* factor, TSum sum);
}

/// <summary>What depends on the kind of weights.</summary>
/// <typeparam name="TQuants">Four columns of all lanes.</typeparam>
/// <typeparam name="TSum">An F32 for each lane.</typeparam>
internal unsafe interface IQuantProducts<TQuants, TSum>
{
    /// <summary>Whether the weights have minimums.</summary>
    static abstract bool HasMins { get; }

    /// <summary>Products of 16 columns with 16 activations, summed.</summary>
    static abstract TSum Products(TQuants w0, TQuants w1, TQuants w2, TQuants w3, sbyte* activations);
}
