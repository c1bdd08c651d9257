using System.Collections.Immutable;

namespace Quipu.Gguf;

/// <summary>An array of arrays, each with an element type and a length of its own.</summary>
/// <param name="arrays">The elements.</param>
public sealed class GgufNestedArray(ImmutableArray<GgufArray> arrays) : GgufArray(GgufValueType.Array, arrays.Length)
{
    /// <summary>One element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public GgufArray this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return arrays[index];
        }
    }

    /// <inheritdoc/>
    public override GgufValue GetValue(int index) => GgufValue.From(this[index]);

    internal override void WriteElements(GgufOutput output)
    {
        foreach (GgufArray array in arrays)
            output.WriteArray(array);
    }
}
