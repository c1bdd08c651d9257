// quipu-extract SKIP LENGTH <STREAM >PROGRAM: what the launcher on Linux takes a program out of the common LZMA stream with, since not
// every system has a tool for that. Ends with 0, with 1 where the stream is damaged, with 2 where the output cannot be written.
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Quipu.Packaging.Programs;

int skip = int.Parse(args[0], CultureInfo.InvariantCulture), length = int.Parse(args[1], CultureInfo.InvariantCulture);
// The handles themselves: System.Console would double the size of this program.
using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
using var stream = new MemoryStream(1 << 24);
byte[] output = new byte[skip + length];
try
{
    input.CopyTo(stream, 1 << 16);
    LzmaDecoder.Decode(stream.GetBuffer().AsSpan(0, (int)stream.Length), output);
}
catch (InvalidDataException)
{
    return 1;
}
try
{
    using var program = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    program.Write(output, skip, length);
}
catch (IOException)
{
    return 2;
}
return 0;
