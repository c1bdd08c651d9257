// Assemble OUTPUT WINDOWS.exe TARGET=PROGRAM…: the universal program without weights, with the licence texts in the folder it is run in.
using System.Reflection;
using Quipu.Packaging;

string output = args[0];
byte[] windows = File.ReadAllBytes(args[1]);
var programs = args[2..].Select(argument => argument.Split('=', 2)).Select(pair => (pair[0], File.ReadAllBytes(pair[1]))).ToList();
string version = typeof(Container).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
PackItem[] documents = [PackItem.File("LICENSE", "LICENSE"), PackItem.File("NOTICE", "NOTICE")];
ContainerWriter.Write(
    output, stream => ContainerEngineWriter.Write(version, windows, programs, stream), documents, progress: null, CancellationToken.None);
using var container = Container.Open(output);
foreach (var part in ContainerVerifier.Verify(container, progress: null, CancellationToken.None))
{
    if (part.Problem is not null)
        throw new InvalidDataException($"{part.Part}: {part.Problem}");
}
Console.WriteLine($"{output}: {container.Length} bytes");
