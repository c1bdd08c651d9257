using CsCheck;
using Quipu.Cli.Chat;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Tests.Chat;

/// <summary>Keys in, a line and a painted screen out.</summary>
public class LineEditorTests
{
    private readonly History _history = new();
    private readonly List<string> _kept = [];

    [Theory]
    [InlineData("hello\r", "hello")]
    [InlineData("two\nlines\r", "two\nlines")]
    [InlineData("a\e\rb\r", "a\nb")]
    [InlineData("\e[200~pasted\r\nlines\e[201~ and more\r", "pasted\nlines and more")]
    [InlineData("\"\"\"one\rtwo\"\"\"\r", "\"\"\"one\ntwo\"\"\"")]
    [InlineData("\"\"\"one line\"\"\"\r", "\"\"\"one line\"\"\"")]
    [InlineData("world\x01hello \x05!\r", "hello world!")]
    [InlineData("one two\x17three\r", "one three")]
    [InlineData("one two\x15\x19\x19\r", "one twoone two")]
    [InlineData("one two\x17\x17x\x19\r", "xone two")]
    [InlineData("a\x17" + "b\x17\x19\ey\r", "a")]
    [InlineData("abc\b\b\r", "a")]
    [InlineData("ab\e[D\x14\r", "ba")]
    [InlineData("abc\x1f\r", "")]
    [InlineData("ab\x04\r", "ab")]
    [InlineData("ab\x01\x04\r", "b")]
    public void Keys_make_a_line(string typed, string expected) =>
        Assert.Equal(new LineResult(LineEnding.Text, expected), Edit(typed, new LineRequest { IsOpen = MultilineInput.IsOpen }, out _));

    [Theory]
    [InlineData("\x04", (int)LineEnding.EndOfInput)]
    [InlineData("", (int)LineEnding.EndOfInput)]
    [InlineData("typed\x03", (int)LineEnding.Interrupted)]
    public void Some_keys_end_without_a_line(string typed, int ending) =>
        Assert.Equal((LineEnding)ending, Edit(typed, new LineRequest(), out _).Ending);

    [Fact]
    public void Lines_of_before_are_recalled_and_searched()
    {
        foreach (string line in (string[])["first question", "second question", "something else"])
            _history.Add(line);
        Assert.Equal("something else", Edit("\e[A\r", new LineRequest(), out _).Text);
        Assert.Equal("second question!", Edit("\e[A\e[A!\r", new LineRequest(), out _).Text);
        Assert.Equal("draft", Edit("draft\e[A\e[A\e[B\e[B\r", new LineRequest(), out _).Text);
        Assert.Equal("first question", Edit("\x12quest\x12\x12\r", new LineRequest(), out _).Text);
        Assert.Equal("first question?", Edit("\x12" + "first\x05?\r", new LineRequest(), out _).Text);
        Assert.Equal("kept", Edit("kept\x12" + "first\x07\r", new LineRequest(), out _).Text);
        Assert.Equal(["second question!", "draft", "first question", "first question?", "kept"], _kept);
    }

    [Fact]
    public void Tab_completes_and_a_second_one_lists()
    {
        var request = new LineRequest { Complete = before => new Completion(0, [.. new[] { "/push", "/pop", "/stats" }.Where(name => name.StartsWith(before, StringComparison.Ordinal))]) };
        Assert.Equal("/stats", Edit("/s\t\r", request, out _).Text);
        Assert.Equal("/pop", Edit("/\tpo\t\r", request, out _).Text);
        Edit("/p\t\t\r", request, out var screen);
        Assert.Equal(">>> /p\n/push  /pop\n>>> /p", screen.Text);
    }

    [Fact]
    public void What_is_typed_stands_on_the_screen()
    {
        Edit("one\ntwo\x01" + "2: \r", new LineRequest(), out var screen);
        Assert.Equal(">>> one\n... 2: two", screen.Text);
        Assert.Equal((2, 0), screen.Cursor);
    }

    [Fact]
    public void Long_lines_go_on_in_the_next_row()
    {
        Edit(new string('x', 20) + "界\r", new LineRequest(), out var screen, columns: 20);
        Assert.Equal(">>> " + new string('x', 16) + "\nxxxx界", screen.Text);
    }

    [Fact]
    public void Hints_stand_behind_the_text_and_vanish()
    {
        var request = new LineRequest { EmptyHint = "say something", Hint = text => text == "/he" ? "lp" : "" };
        var output = new StringWriter();
        NewEditor(new ScriptedKeys("/he\x03") { PaintAll = true }, output, 40, color: true).Read(request);
        Assert.Contains("\e[2msay something\e[0m", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("/he\e[2mlp\e[0m", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(">>> /he", new VirtualScreen(40).Write(output.ToString()).Text);
    }

    [Fact]
    public void However_it_is_typed_the_screen_shows_the_text()
    {
        string[] parts = ["a", "界", "👩‍🚀", "e\u0301", "\n", " ", "\b", "\e[D", "\e[C", "\e[A", "\e[B", "\x01", "\x05", "\x0b", "\x17", "\x14", "\x19", "words and more "];
        var keys = Gen.Int[0, parts.Length - 1].Array[0, 40].Select(chosen => string.Concat(chosen.Select(i => parts[i])));
        Gen.Select(keys, Gen.Int[8, 30]).Sample((typed, columns) =>
        {
            var output = new StringWriter();
            var line = NewEditor(new ScriptedKeys(typed + "\r") { PaintAll = true }, output, columns, color: false, new History()).Read(new LineRequest());
            string expected = string.Concat((">>> " + line.Text.Replace("\n", "... ", StringComparison.Ordinal)).Where(value => value is not ' '));
            string shown = string.Concat(new VirtualScreen(columns).Write(output.ToString()).Text.Where(value => value is not (' ' or '\n')));
            Assert.Equal(expected, shown);
        }, iter: 2000);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("界", 2)]
    [InlineData("👩‍🚀", 2)]
    [InlineData("🇩🇪", 2)]
    [InlineData("☀\uFE0F", 2)]
    [InlineData("☀", 1)]
    [InlineData("ｗ", 2)]
    [InlineData("가", 2)]
    public void Widths_are_a_terminal_s(string text, int columns) => Assert.Equal(columns, DisplayWidth.OfText(text));

    private LineResult Edit(string typed, LineRequest request, out VirtualScreen screen, int columns = 60)
    {
        var output = new StringWriter();
        var result = NewEditor(new ScriptedKeys(typed), output, columns, color: false).Read(request);
        screen = new VirtualScreen(columns).Write(output.ToString());
        return result;
    }

    private LineEditor NewEditor(IKeySource keys, TextWriter output, int columns, bool color, History? history = null) =>
        new(keys, output, () => (columns, 1000), color, history ?? _history, _kept.Add);
}
