using System.Xml.Linq;
using Quipu.Testing;

namespace Quipu.Architecture.Tests;

/// <summary>Arrows between rooms run down only; docs/architecture.md draws them.</summary>
public class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Quipu.Tensors"] = [],
        ["Quipu.Templates"] = [],
        ["Quipu.Gguf"] = ["Quipu.Tensors"],
        ["Quipu.Cpu"] = ["Quipu.Tensors"],
        ["Quipu.Tokenizers"] = ["Quipu.Gguf"],
        ["Quipu.Models"] = ["Quipu.Gguf", "Quipu.Tensors"],
        ["Quipu.Engine"] = ["Quipu.Models", "Quipu.Tokenizers", "Quipu.Templates"],
        ["Quipu.Packaging"] = ["Quipu.Gguf"],
        ["Quipu.Extract"] = ["Quipu.Packaging"],
        ["Quipu.Extensions.AI"] = ["Quipu.Engine"],
        ["Quipu.Server"] = ["Quipu.Engine"],
        ["Quipu.Cli"] = ["Quipu.Server", "Quipu.Cpu", "Quipu.Engine", "Quipu.Packaging"],
    };

    public static TheoryData<string> Rooms => [.. Directory.GetDirectories(Path.Combine(TestPaths.Root, "src")).Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_refers_only_to_rooms_below_it(string room)
    {
        Assert.True(Allowed.TryGetValue(room, out string[]? allowed), $"{room} is new: draw its arrows in docs/architecture.md and here.");
        foreach (string reference in References(room))
            Assert.Contains(reference, allowed);
    }

    [Fact]
    public void Every_room_of_the_plan_exists() => Assert.Equal(Allowed.Keys.Order(), Rooms.Select(row => row.Data).Order());

    private static IEnumerable<string> References(string room) =>
        XDocument.Load(Path.Combine(TestPaths.Root, "src", room, room + ".csproj"))
            .Descendants("ProjectReference")
            .Select(element => Path.GetFileNameWithoutExtension(element.Attribute("Include")!.Value.Replace('\\', '/')));
}
