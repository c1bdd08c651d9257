using System.Globalization;
using Quipu.Gguf;
using Quipu.RandomModels;

const string usage = """
    quipu-random-model --vocabulary FILE.gguf --output FILE.gguf [--size 1B] [--type Q4_0] [--seed 1]

    Writes a Gemma 3 of random weights with the vocabulary of another file, in the tensor types that
    llama.cpp's quantizer chooses. It takes the time and memory of the real model, and says nothing.
    """;
string size = "1B", type = "Q4_0", seed = "1";
string? vocabulary = null, output = null;
for (int i = 0; i < args.Length; i += 2)
{
    if (i + 1 == args.Length)
        return Fail(args[i] is "-h" or "--help" ? "" : $"{args[i]} needs a value.");
    switch (args[i])
    {
        case "--size": size = args[i + 1]; break;
        case "--type": type = args[i + 1]; break;
        case "--seed": seed = args[i + 1]; break;
        case "--vocabulary": vocabulary = args[i + 1]; break;
        case "--output" or "-o": output = args[i + 1]; break;
        default: return Fail($"There is no {args[i]}.");
    }
}
if (vocabulary is null || output is null)
    return Fail("--vocabulary and --output are needed.");
var shape = GemmaShape.All.FirstOrDefault(known => known.Size.Equals(size, StringComparison.OrdinalIgnoreCase));
var fileType = FileType.All.FirstOrDefault(known => known.Name.Equals(type, StringComparison.OrdinalIgnoreCase));
if (shape is null)
    return Fail($"--size is {size}, but must be one of {string.Join(", ", GemmaShape.All.Select(known => known.Size))}.");
if (fileType is null)
    return Fail($"--type is {type}, but must be one of {string.Join(", ", FileType.All.Select(known => known.Name))}.");
if (!ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
    return Fail($"--seed is {seed}, but must be a whole number.");
try
{
    using var source = GgufFile.Open(vocabulary);
    using var destination = File.Create(output);
    new RandomModel(shape, fileType, source, number).Write(destination);
    Console.WriteLine($"{output}: {destination.Length} bytes");
    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or GgufException)
{
    return Fail(error.Message);
}

static int Fail(string message)
{
    Console.Error.WriteLine(message.Length > 0 ? "error: " + message : usage);
    if (message.Length > 0)
        Console.Error.WriteLine(usage);
    return 1;
}
