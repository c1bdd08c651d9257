using System.Text;
using CsCheck;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Tests.Chat;

/// <summary>The bytes of a terminal as keys.</summary>
public class KeyParserTests
{
    [Theory]
    [InlineData("a", "Text a")]
    [InlineData("é🦜", "Text é,Text 🦜")]
    [InlineData("\r", "Enter")]
    [InlineData("\n", "LineBreak")]
    [InlineData("\e\r", "LineBreak")]
    [InlineData("\t", "Tab")]
    [InlineData("\b\x7f", "Backspace,Backspace")]
    [InlineData("\x03\x04\x12\x1f", "Control c,Control d,Control r,Control _")]
    [InlineData("\eb\eF\e\x7f", "Meta b,Meta f,Meta \x7f")]
    [InlineData("\e[A\e[B\e[C\e[D\e[H\e[F", "Up,Down,Right,Left,Home,End")]
    [InlineData("\eOA\eOH", "Up,Home")]
    [InlineData("\e[1;5C\e[1;3D", "WordRight,WordLeft")]
    [InlineData("\e[3~\e[1~\e[4~\e[7~\e[8~", "Delete,Home,End,Home,End")]
    [InlineData("\e[200~a\r\nb\rc\e[Ad\e[201~x", "Paste a\nb\nc\e[Ad,Text x")]
    [InlineData("\e[99;99zx", "Unknown,Text x")]
    [InlineData("\e[[Ax", "Unknown,Text x")]
    public void Bytes_are_keys(string typed, string expected) => Assert.Equal(expected, Describe(Parse([Encoding.UTF8.GetBytes(typed)])));

    [Fact]
    public void Bytes_that_are_no_utf8_are_replaced() =>
        Assert.Equal("Text \uFFFD,Text a", Describe(Parse([[0xC3, (byte)'a']])));

    [Fact]
    public void Where_the_bytes_are_cut_makes_no_difference()
    {
        string[] parts = ["a", "é", "🦜", "\r", "\n", "\e[A", "\e[1;5D", "\eOB", "\e[3~", "\eb", "\e[200~x\r\ny\e[201~", "\x03", "\t"];
        var text = Gen.Int[0, parts.Length - 1].Array[1, 8].Select(chosen => Encoding.UTF8.GetBytes(string.Concat(chosen.Select(i => parts[i]))));
        Gen.Select(text, Gen.Int[1, 5]).Sample((bytes, size) =>
            Assert.Equal(Describe(Parse([bytes])), Describe(Parse([.. bytes.Chunk(size)]))), iter: 2000);
    }

    [Fact]
    public void Any_bytes_are_taken() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Parse([bytes]), iter: 5000);

    private static Queue<Key> Parse(byte[][] pieces)
    {
        var parser = new KeyParser();
        var keys = new Queue<Key>();
        foreach (byte[] piece in pieces)
            parser.Feed(piece, keys);
        return keys;
    }

    private static string Describe(IEnumerable<Key> keys) => string.Join(',', keys.Select(key =>
        key.Kind is KeyKind.Control or KeyKind.Meta ? $"{key.Kind} {key.Letter}" : key.Text.Length > 0 ? $"{key.Kind} {key.Text}" : $"{key.Kind}"));
}
