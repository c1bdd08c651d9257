using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Quipu.Gguf;

/// <summary>An array of numbers or of truth values, kept as the bytes of the file.</summary>
public sealed class GgufScalarArray : GgufArray
{
    private readonly byte[] _bytes;

    internal GgufScalarArray(GgufValueType elementType, byte[] bytes)
        : base(elementType, bytes.Length / GgufValueTypes.FixedSize(elementType))
    {
        _bytes = bytes;
    }

    /// <summary>Makes an array from numbers or truth values.</summary>
    /// <exception cref="ArgumentException">
    /// <typeparamref name="T"/> is no type of a GGUF value, or the elements take more than 2 GB.
    /// </exception>
    public static GgufScalarArray From<T>(ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        GgufValueType type = TypeOf<T>() ?? throw new ArgumentException($"{typeof(T).Name} is no type of a GGUF value.");
        if ((long)elements.Length * Unsafe.SizeOf<T>() > GgufLimits.ValueBytes)
            throw new ArgumentException($"A GGUF array holds at most {GgufLimits.ValueBytes} bytes.", nameof(elements));
        return new GgufScalarArray(type, MemoryMarshal.AsBytes(elements).ToArray());
    }

    /// <summary>The elements without a copy.</summary>
    /// <typeparam name="T">The .NET type of the element type, e.g. <see cref="float"/> for <see cref="GgufValueType.Float32"/>.</typeparam>
    /// <exception cref="InvalidCastException">The elements have another type.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        if (TypeOf<T>() != ElementType)
            throw new InvalidCastException($"The array's elements are {ElementType}, not {typeof(T).Name}.");
        return MemoryMarshal.Cast<byte, T>(_bytes);
    }

    /// <inheritdoc/>
    public override GgufValue GetValue(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        int size = GgufValueTypes.FixedSize(ElementType);
        ulong bits = 0;
        _bytes.AsSpan(index * size, size).CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref bits)));
        return GgufValue.FromBits(ElementType, bits);
    }

    internal override void WriteElements(GgufOutput output) => output.Write(_bytes);

    private static GgufValueType? TypeOf<T>() => default(T) switch
    {
        byte => GgufValueType.UInt8,
        sbyte => GgufValueType.Int8,
        ushort => GgufValueType.UInt16,
        short => GgufValueType.Int16,
        uint => GgufValueType.UInt32,
        int => GgufValueType.Int32,
        ulong => GgufValueType.UInt64,
        long => GgufValueType.Int64,
        float => GgufValueType.Float32,
        double => GgufValueType.Float64,
        bool => GgufValueType.Bool,
        _ => null,
    };
}
