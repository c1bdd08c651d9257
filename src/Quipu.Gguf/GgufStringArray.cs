using System.Buffers.Binary;
using System.Text;

namespace Quipu.Gguf;

/// <summary>
/// An array of strings, kept as the UTF-8 bytes of the file. A string is made only when it is asked for, so a vocabulary of a quarter
/// of a million pieces costs one copy of its bytes and one offset for each.
/// </summary>
public sealed class GgufStringArray : GgufArray
{
    private const int PrefixBytes = sizeof(ulong);

    /// <summary>The elements as in the file: each a length of 8 bytes, then its text.</summary>
    private readonly byte[] _payload;

    /// <summary>Where the text of each element starts, and 8 bytes after the last text's end.</summary>
    private readonly int[] _starts;

    internal GgufStringArray(byte[] payload, int[] starts)
        : base(GgufValueType.String, starts.Length - 1)
    {
        _payload = payload;
        _starts = starts;
    }

    /// <summary>The UTF-8 bytes of one element as they are in the file; nobody promises that they are valid UTF-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            int start = _starts[index];
            return _payload.AsSpan(start, _starts[index + 1] - PrefixBytes - start);
        }
    }

    /// <summary>Makes an array from strings.</summary>
    /// <exception cref="ArgumentException">The strings take more than 2 GB.</exception>
    public static GgufStringArray From(IReadOnlyList<string> strings)
    {
        long length = 0;
        foreach (string text in strings)
            length += PrefixBytes + Encoding.UTF8.GetByteCount(text);
        if (length > GgufLimits.ValueBytes)
            throw new ArgumentException($"The strings take {length} bytes, an array at most {GgufLimits.ValueBytes}.", nameof(strings));

        byte[] payload = new byte[length];
        int[] starts = new int[strings.Count + 1];
        int position = 0;
        for (int i = 0; i < strings.Count; i++)
        {
            starts[i] = position + PrefixBytes;
            int bytes = Encoding.UTF8.GetBytes(strings[i], payload.AsSpan(starts[i]));
            BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(position), (ulong)bytes);
            position = starts[i] + bytes;
        }
        starts[^1] = position + PrefixBytes;
        return new GgufStringArray(payload, starts);
    }

    /// <summary>One element as a string; bytes that are no UTF-8 become U+FFFD.</summary>
    public string GetString(int index) => Encoding.UTF8.GetString(this[index]);

    /// <summary>All elements as strings, decoded anew at each call.</summary>
    public string[] ToStrings()
    {
        string[] strings = new string[Count];
        for (int i = 0; i < strings.Length; i++)
            strings[i] = GetString(i);
        return strings;
    }

    /// <inheritdoc/>
    public override GgufValue GetValue(int index) => GgufValue.FromUtf8(this[index]);

    internal override void WriteElements(GgufOutput output) => output.Write(_payload);
}
