namespace Quipu.Gguf;

/// <summary>
/// An array in the metadata: <see cref="GgufStringArray"/>, <see cref="GgufScalarArray"/> or <see cref="GgufNestedArray"/>.
/// </summary>
public abstract class GgufArray
{
    private protected GgufArray(GgufValueType elementType, int count)
    {
        ElementType = elementType;
        Count = count;
    }

    /// <summary>The type of every element.</summary>
    public GgufValueType ElementType { get; }

    /// <summary>How many elements.</summary>
    public int Count { get; }

    /// <summary>One element as a value. For many elements the derived types are faster.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public abstract GgufValue GetValue(int index);

    /// <summary>Writes the elements as a file holds them, without element type and count.</summary>
    internal abstract void WriteElements(GgufOutput output);
}
