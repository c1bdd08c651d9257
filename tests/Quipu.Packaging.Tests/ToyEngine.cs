using System.Buffers.Binary;
using System.Text;
using Quipu.Packaging;

namespace Quipu.Testing;

/// <summary>Programs small enough to pack in a moment: a Windows program that is a header only, and shell scripts for the rest.</summary>
internal static class ToyEngine
{
    /// <summary>The targets of a release but Windows.</summary>
    public static readonly string[] Targets = ["linux-x64-v4", "linux-x64-v3", "linux-x64-avx", "linux-x64", "linux-arm64", "osx-x64", "osx-arm64"];

    /// <summary>A 64-bit PE with one section and its header where lld puts it.</summary>
    /// <param name="headerBytes">What the program says of its headers' size.</param>
    public static byte[] Windows(int headerBytes = 0x1000)
    {
        byte[] program = new byte[headerBytes + 0x200];
        "MZ"u8.CopyTo(program);
        program[0x3c] = 0x78;
        var header = program.AsSpan(0x78);
        "PE\0\0"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 0x8664);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], 240);
        BinaryPrimitives.WriteUInt16LittleEndian(header[24..], 0x20b);
        BinaryPrimitives.WriteInt32LittleEndian(header[(24 + 60)..], headerBytes);
        ".text"u8.CopyTo(header[(24 + 240)..]);
        program.AsSpan(headerBytes).Fill(0xcc);
        return program;
    }

    /// <summary>A program that says which it is and what it was given, an argument a line.</summary>
    public static byte[] Program(string target, string version = "1") => Encoding.UTF8.GetBytes(
        "#!/bin/sh\n" + $"echo program={target} version={version} umask=$(umask)\n" + "echo \"container=$QUIPU_CONTAINER\"\nfor a; do printf '<%s>\\n' \"$a\"; done\n"
        + "# " + Convert.ToHexString(Noise()) + "\n");

    /// <summary>Something that compression leaves large.</summary>
    private static byte[] Noise()
    {
        byte[] noise = new byte[3000];
        new Random(1).NextBytes(noise);
        return noise;
    }

    /// <summary>All programs.</summary>
    public static List<(string Target, byte[] Program)> Programs(string version = "1") =>
        [.. Targets.Select(target => (target, Program(target, version)))];

    /// <summary>Writes a container without weights.</summary>
    public static void Write(string path, string version = "1") => ContainerWriter.Write(
        path, output => ContainerEngineWriter.Write(version, Windows(), Programs(version), output),
        [PackItem.Bytes("LICENSE", "the licence"u8.ToArray())], null, CancellationToken.None);
}
