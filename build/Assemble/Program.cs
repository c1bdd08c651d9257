// Assemble OUTPUT WINDOWS.exe TARGET=PROGRAM…: the universal program without weights, with the licence texts of the folder it is run in.
// Assemble check-mac TARGET=PROGRAM…: checks programs for macOS alone.
using System.Reflection;
using Quipu.Packaging;

if (args is ["check-mac", ..])
{
    CheckMac(Read(args[1..]));
    return;
}

string output = args[0];
var programs = Read(args[2..]);
CheckMac(programs);
var streams = await Task.WhenAll(
    Task.Run(() => ProgramStreams.ForExtractor("linux-x64", programs)),
    Task.Run(() => ProgramStreams.ForExtractor("linux-arm64", programs)),
    Task.Run(() => ProgramStreams.ForTar("osx", programs)));
programs.RemoveAll(program => Array.Exists(streams, stream => stream.Programs.Any(one => one.Target == program.Target)));
string version = typeof(Container).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
PackItem[] documents = [PackItem.File("LICENSE", "LICENSE"), PackItem.File("NOTICE", "NOTICE")];
ContainerWriter.Write(
    output, stream => ContainerEngineWriter.Write(version, File.ReadAllBytes(args[1]), programs, streams, stream), documents, progress: null, CancellationToken.None);
using var container = Container.Open(output);
foreach (var part in ContainerVerifier.Verify(container, progress: null, CancellationToken.None))
{
    if (part.Problem is not null)
        throw new InvalidDataException($"{part.Part}: {part.Problem}");
}
Console.WriteLine($"{output}: {container.Length} bytes");

static List<(string Target, byte[] Program)> Read(string[] arguments) =>
    [.. arguments.Select(argument => argument.Split('=', 2)).Select(pair => (pair[0], File.ReadAllBytes(pair[1])))];

static void CheckMac(List<(string Target, byte[] Program)> programs)
{
    foreach (var (target, program) in programs.Where(entry => entry.Target.StartsWith("osx-", StringComparison.Ordinal)))
        Console.WriteLine($"{target}: {MachOSignature.Check(program, target["osx-".Length..])} signed pages, all right");
}
