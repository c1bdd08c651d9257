using System.Globalization;
using System.Text;

namespace Quipu.Gguf;

/// <summary>One value of the metadata. Immutable; it stays valid when the file is closed.</summary>
public sealed class GgufValue
{
    /// <summary>A number's or truth value's bytes in the low end, the rest 0.</summary>
    private readonly ulong _bits;

    private readonly byte[]? _utf8;
    private readonly GgufArray? _array;

    private GgufValue(GgufValueType type, ulong bits = 0, byte[]? utf8 = null, GgufArray? array = null)
    {
        Type = type;
        _bits = bits;
        _utf8 = utf8;
        _array = array;
    }

    /// <summary>The value's type.</summary>
    public GgufValueType Type { get; }

    /// <summary>Whether it is an integer of any width.</summary>
    public bool IsInteger => Type is not (GgufValueType.Float32 or GgufValueType.Float64 or GgufValueType.Bool
        or GgufValueType.String or GgufValueType.Array);

    /// <summary>A string's bytes as they are in the file; nobody promises that they are valid UTF-8.</summary>
    /// <exception cref="InvalidCastException">It is no string.</exception>
    public ReadOnlySpan<byte> Utf8 => _utf8 ?? throw new InvalidCastException($"The value is {Type}, no string.");

    /// <summary>The array.</summary>
    /// <exception cref="InvalidCastException">It is no array.</exception>
    public GgufArray Array => _array ?? throw new InvalidCastException($"The value is {Type}, no array.");

    /// <summary>The bytes of a number or truth value.</summary>
    internal ulong Bits => _bits;

    /// <summary>Makes a <see cref="GgufValueType.UInt8"/>.</summary>
    public static GgufValue From(byte value) => new(GgufValueType.UInt8, value);

    /// <summary>Makes an <see cref="GgufValueType.Int8"/>.</summary>
    public static GgufValue From(sbyte value) => new(GgufValueType.Int8, (byte)value);

    /// <summary>Makes a <see cref="GgufValueType.UInt16"/>.</summary>
    public static GgufValue From(ushort value) => new(GgufValueType.UInt16, value);

    /// <summary>Makes an <see cref="GgufValueType.Int16"/>.</summary>
    public static GgufValue From(short value) => new(GgufValueType.Int16, (ushort)value);

    /// <summary>Makes a <see cref="GgufValueType.UInt32"/>.</summary>
    public static GgufValue From(uint value) => new(GgufValueType.UInt32, value);

    /// <summary>Makes an <see cref="GgufValueType.Int32"/>.</summary>
    public static GgufValue From(int value) => new(GgufValueType.Int32, (uint)value);

    /// <summary>Makes a <see cref="GgufValueType.UInt64"/>.</summary>
    public static GgufValue From(ulong value) => new(GgufValueType.UInt64, value);

    /// <summary>Makes an <see cref="GgufValueType.Int64"/>.</summary>
    public static GgufValue From(long value) => new(GgufValueType.Int64, (ulong)value);

    /// <summary>Makes a <see cref="GgufValueType.Float32"/>.</summary>
    public static GgufValue From(float value) => new(GgufValueType.Float32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>Makes a <see cref="GgufValueType.Float64"/>.</summary>
    public static GgufValue From(double value) => new(GgufValueType.Float64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Makes a <see cref="GgufValueType.Bool"/>.</summary>
    public static GgufValue From(bool value) => new(GgufValueType.Bool, value ? 1u : 0u);

    /// <summary>Makes a <see cref="GgufValueType.String"/>.</summary>
    public static GgufValue From(string value) => new(GgufValueType.String, utf8: Encoding.UTF8.GetBytes(value));

    /// <summary>Makes a <see cref="GgufValueType.String"/> from its bytes, which are kept as they are.</summary>
    public static GgufValue FromUtf8(ReadOnlySpan<byte> value) => new(GgufValueType.String, utf8: value.ToArray());

    /// <summary>Makes a <see cref="GgufValueType.Array"/>.</summary>
    public static GgufValue From(GgufArray value) => new(GgufValueType.Array, array: value);

    /// <summary>Makes an array of strings.</summary>
    public static GgufValue From(IReadOnlyList<string> values) => From(GgufStringArray.From(values));

    /// <summary>Makes an array of numbers or truth values.</summary>
    public static GgufValue FromArray<T>(ReadOnlySpan<T> values)
        where T : unmanaged => From(GgufScalarArray.From(values));

    /// <summary>The string; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <exception cref="InvalidCastException">It is no string.</exception>
    public string GetString() => Encoding.UTF8.GetString(Utf8);

    /// <summary>An integer of any width that fits.</summary>
    public bool TryGetInt64(out long value)
    {
        (bool known, value) = Type switch
        {
            GgufValueType.UInt8 or GgufValueType.UInt16 or GgufValueType.UInt32 => (true, (long)_bits),
            GgufValueType.Int8 => (true, (sbyte)_bits),
            GgufValueType.Int16 => (true, (short)_bits),
            GgufValueType.Int32 => (true, (int)_bits),
            GgufValueType.Int64 => (true, (long)_bits),
            GgufValueType.UInt64 when _bits <= long.MaxValue => (true, (long)_bits),
            _ => (false, 0L),
        };
        return known;
    }

    /// <summary>An integer of any width that is not negative.</summary>
    public bool TryGetUInt64(out ulong value)
    {
        if (Type == GgufValueType.UInt64)
        {
            value = _bits;
            return true;
        }
        bool fits = TryGetInt64(out long signed) && signed >= 0;
        value = fits ? (ulong)signed : 0;
        return fits;
    }

    /// <summary>A float of any width, or an integer.</summary>
    public bool TryGetDouble(out double value)
    {
        value = Type switch
        {
            GgufValueType.Float32 => BitConverter.UInt32BitsToSingle((uint)_bits),
            GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(_bits),
            GgufValueType.UInt64 => _bits,
            _ => TryGetInt64(out long integer) ? integer : 0,
        };
        return IsInteger || Type is GgufValueType.Float32 or GgufValueType.Float64;
    }

    /// <summary>A truth value.</summary>
    public bool TryGetBoolean(out bool value)
    {
        value = Type == GgufValueType.Bool && _bits != 0;
        return Type == GgufValueType.Bool;
    }

    /// <summary>The value for a reader: numbers in invariant form, a string as it is, an array as its type and count.</summary>
    public override string ToString() => Type switch
    {
        GgufValueType.String => GetString(),
        GgufValueType.Array => $"{Array.ElementType}[{Array.Count}]",
        GgufValueType.Bool => _bits != 0 ? "true" : "false",
        GgufValueType.Float32 => BitConverter.UInt32BitsToSingle((uint)_bits).ToString(CultureInfo.InvariantCulture),
        GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(_bits).ToString(CultureInfo.InvariantCulture),
        GgufValueType.UInt64 => _bits.ToString(CultureInfo.InvariantCulture),
        _ => TryGetInt64(out long integer) ? integer.ToString(CultureInfo.InvariantCulture) : "",
    };

    /// <summary>Makes a number or truth value from its bytes.</summary>
    internal static GgufValue FromBits(GgufValueType type, ulong bits) => new(type, bits);
}
