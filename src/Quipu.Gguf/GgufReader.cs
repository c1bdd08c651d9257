using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Quipu.Gguf;

/// <summary>
/// Walks over a file's header. Nothing is read and nothing allocated before it is certain that the file is long enough for it, so memory
/// stays within a small multiple of the file's size.
/// </summary>
/// <param name="mapping">The file.</param>
internal sealed unsafe class GgufReader(GgufMapping mapping)
{
    private readonly byte* _data = mapping.Data;
    private int _nestedArrays;

    /// <summary>The byte that is read next.</summary>
    public long Position { get; private set; }

    /// <summary>What is being read, for messages: a key or a tensor's name, or empty.</summary>
    public string Subject { get; set; } = "";

    private long Remaining => mapping.Length - Position;

    /// <summary>Reads a number.</summary>
    public T Read<T>(string what)
        where T : unmanaged
    {
        Need(sizeof(T), what);
        T value = Unsafe.ReadUnaligned<T>(_data + Position);
        Position += sizeof(T);
        return value;
    }

    /// <summary>Reads a count of things that take at least <paramref name="smallest"/> bytes each.</summary>
    public long ReadCount(string what, int smallest, long limit)
    {
        long start = Position;
        ulong count = Read<ulong>(what);
        if (count > (ulong)limit)
            throw Damaged($"{what} is {count} at byte {start}; at most {limit} are read");
        if (count > (ulong)(Remaining / smallest))
            throw Damaged($"{what} is {count} at byte {start}, but the {Remaining} bytes that follow cannot hold so many");
        return (long)count;
    }

    /// <summary>Reads a string's bytes.</summary>
    public ReadOnlySpan<byte> ReadString(string what, long limit)
    {
        long length = ReadCount(what, 1, limit);
        var bytes = new ReadOnlySpan<byte>(_data + Position, (int)length);
        Position += length;
        return bytes;
    }

    /// <summary>Reads a value of a type.</summary>
    public GgufValue ReadValue()
    {
        GgufValueType type = ReadType();
        switch (type)
        {
            case GgufValueType.String:
                return GgufValue.FromUtf8(ReadString("the length of a string", GgufLimits.ValueBytes));
            case GgufValueType.Array:
                return GgufValue.From(ReadArray(1));
            default:
                int size = GgufValueTypes.FixedSize(type);
                Need(size, "a value");
                ulong bits = 0;
                Unsafe.CopyBlockUnaligned(&bits, _data + Position, (uint)size);
                CheckBooleans(type, size);
                Position += size;
                return GgufValue.FromBits(type, bits);
        }
    }

    /// <summary>An error about the place that was reached.</summary>
    public GgufException Damaged(string problem) =>
        new($"{mapping.Path}: {problem}{(Subject.Length == 0 ? "" : $" (at '{Subject}')")}. The file is damaged: fetch it again.");

    private GgufValueType ReadType()
    {
        long start = Position;
        uint type = Read<uint>("the type of a value");
        return type <= (uint)GgufValueType.Float64
            ? (GgufValueType)type
            : throw Damaged($"the value type {type} at byte {start} does not exist; types are 0 to 12");
    }

    private GgufArray ReadArray(int depth)
    {
        GgufValueType elements = ReadType();
        int smallest = GgufValueTypes.SmallestSize(elements);
        int count = (int)ReadCount("the length of an array", smallest, GgufLimits.ValueBytes / smallest);
        return elements switch
        {
            GgufValueType.String => ReadStrings(count),
            GgufValueType.Array => ReadArrays(count, depth + 1),
            _ => ReadScalars(elements, count),
        };
    }

    private GgufScalarArray ReadScalars(GgufValueType type, int count)
    {
        // The count was bounded by what follows, so the product fits the file and an array.
        int size = count * GgufValueTypes.FixedSize(type);
        CheckBooleans(type, size);
        byte[] bytes = new ReadOnlySpan<byte>(_data + Position, size).ToArray();
        Position += size;
        return new GgufScalarArray(type, bytes);
    }

    private GgufStringArray ReadStrings(int count)
    {
        long start = Position;
        int[] starts = new int[count + 1];
        for (int i = 0; i < count; i++)
        {
            if (Remaining < sizeof(ulong))
                Need(sizeof(ulong), "the length of a string in an array");
            ulong length = Unsafe.ReadUnaligned<ulong>(_data + Position);
            long text = Position + sizeof(ulong);
            if (length > (ulong)(mapping.Length - text))
                throw Damaged($"string {i} of an array has {length} bytes at byte {Position}, but only {mapping.Length - text} follow");
            Position = text + (long)length;
            if (Position - start > GgufLimits.ValueBytes)
                throw Damaged($"an array of strings has more than {GgufLimits.ValueBytes} bytes at byte {start}");
            starts[i] = (int)(text - start);
        }
        starts[count] = (int)(Position - start) + sizeof(ulong);
        byte[] payload = new ReadOnlySpan<byte>(_data + start, (int)(Position - start)).ToArray();
        return new GgufStringArray(payload, starts);
    }

    private GgufNestedArray ReadArrays(int count, int depth)
    {
        if (depth > GgufLimits.ArrayDepth)
            throw Damaged($"arrays are nested deeper than {GgufLimits.ArrayDepth} at byte {Position}");
        _nestedArrays += count;
        if (_nestedArrays > GgufLimits.NestedArrays)
            throw Damaged($"there are more than {GgufLimits.NestedArrays} arrays in arrays at byte {Position}");
        var arrays = ImmutableArray.CreateBuilder<GgufArray>(count);
        for (int i = 0; i < count; i++)
            arrays.Add(ReadArray(depth));
        return new GgufNestedArray(arrays.MoveToImmutable());
    }

    private void CheckBooleans(GgufValueType type, int count)
    {
        if (type != GgufValueType.Bool)
            return;
        int bad = new ReadOnlySpan<byte>(_data + Position, count).IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (bad >= 0)
            throw Damaged($"the truth value at byte {Position + bad} is {_data[Position + bad]}, neither 0 nor 1");
    }

    private void Need(long bytes, string what)
    {
        if (bytes > Remaining)
            throw Damaged($"the file ends after {mapping.Length} bytes, within {what} at byte {Position}");
    }
}
