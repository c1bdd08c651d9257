using System.Text;

namespace Quipu.Gguf.Tests;

/// <summary>Builds a GGUF file field by field, right or wrong, independent of the writer under test.</summary>
internal sealed class RawFile
{
    private readonly List<byte> _bytes = [];

    public static RawFile Header(ulong tensors = 0, ulong keys = 0, uint version = 3, string magic = "GGUF")
    {
        var file = new RawFile();
        return file.Bytes(Encoding.ASCII.GetBytes(magic)).U32(version).U64(tensors).U64(keys);
    }

    public RawFile U8(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public RawFile U32(uint value) => Bytes(BitConverter.GetBytes(value));

    public RawFile U64(ulong value) => Bytes(BitConverter.GetBytes(value));

    public RawFile Bytes(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public RawFile Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    public RawFile Text(byte[] text) => U64((ulong)text.Length).Bytes(text);

    /// <summary>A key and the type of its value; the value follows.</summary>
    public RawFile Key(string key, GgufValueType type) => Text(key).U32((uint)type);

    public RawFile Array(GgufValueType elements, ulong count) => U32((uint)elements).U64(count);

    public RawFile Tensor(string name, uint type, ulong offset, params ulong[] dimensions)
    {
        Text(name).U32((uint)dimensions.Length);
        foreach (ulong length in dimensions)
            U64(length);
        return U32(type).U64(offset);
    }

    /// <summary>Zeros up to the alignment, then data of 1, 2, 3, …</summary>
    public RawFile Data(int length, int alignment = 32)
    {
        while (_bytes.Count % alignment != 0)
            U8(0);
        for (int i = 0; i < length; i++)
            U8((byte)(i + 1));
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    public GgufFile Open() => Open("test.gguf", ("test.gguf", ToArray()));

    /// <summary>Opens files that are only in memory.</summary>
    public static GgufFile Open(string path, params (string Path, byte[] Bytes)[] files) =>
        GgufFile.Open(path, name =>
        {
            foreach (var (candidate, bytes) in files)
            {
                if (candidate == name)
                    return GgufMapping.Over(name, bytes, bytes.Length);
            }
            throw new FileNotFoundException("not here", name);
        });
}
