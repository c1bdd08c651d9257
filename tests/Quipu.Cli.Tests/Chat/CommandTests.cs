using Quipu.Cli.Chat;
using Quipu.Cli.Chat.Commands;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Tests.Chat;

/// <summary>What Tab and the hints offer, and what counts as a command.</summary>
public class CommandTests
{
    private static readonly CommandCompletion Completion = new(CommandTable.For(isBaseModel: false));

    [Theory]
    [InlineData("/he", "/help")]
    [InlineData("/p", "/push /pop")]
    [InlineData("/up", "/upload ")]
    [InlineData("/zzz", "")]
    [InlineData("hello", "")]
    [InlineData("/help st", "stats stack")]
    [InlineData("/manual ", "on off")]
    [InlineData("/manual of", "off")]
    [InlineData("/exit ", "")]
    public void Tab_offers_commands(string before, string candidates) =>
        Assert.Equal(candidates, string.Join(' ', Completion.Complete(before).Candidates));

    [Theory]
    [InlineData("/he", "lp")]
    [InlineData("/p", "")]
    [InlineData("/upload", " FILE")]
    [InlineData("/upload ", "FILE")]
    [InlineData("/", "")]
    [InlineData("hello", "")]
    public void Hints_show_the_rest(string text, string hint) => Assert.Equal(hint, Completion.Hint(text));

    [Theory]
    [InlineData("/help", true)]
    [InlineData("/?", true)]
    [InlineData("/Xyz", true)]
    [InlineData("/", false)]
    [InlineData("/ help", false)]
    [InlineData("/1", false)]
    [InlineData(" /help", false)]
    public void A_slash_and_a_letter_make_a_command(string line, bool command) => Assert.Equal(command, CommandTable.IsCommand(line));

    [Fact]
    public void Every_command_is_explained()
    {
        foreach (var command in CommandTable.For(isBaseModel: false).Commands)
        {
            Assert.NotEmpty(command.Summary);
            Assert.EndsWith(".", command.Details, StringComparison.Ordinal);
        }
        Assert.Null(CommandTable.For(isBaseModel: true).Find("manual"));
    }

    [Fact]
    public void Paths_are_completed_with_their_folders()
    {
        string folder = Directory.CreateTempSubdirectory("quipu-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "notes.txt"), "");
            File.WriteAllText(Path.Combine(folder, "note two.md"), "");
            File.WriteAllText(Path.Combine(folder, ".hidden"), "");
            Directory.CreateDirectory(Path.Combine(folder, "src"));
            Assert.Equal([folder + "/note two.md", folder + "/notes.txt"], PathCompletion.Complete(folder + "/no"));
            Assert.Equal([folder + "/src/"], PathCompletion.Complete(folder + "/s"));
            Assert.Equal(3, PathCompletion.Complete(folder + "/").Length);
            Assert.Equal([folder + "/.hidden"], PathCompletion.Complete(folder + "/.h"));
            Assert.Empty(PathCompletion.Complete(folder + "/missing/x"));
            var completion = Completion.Complete($"/upload {folder}/not");
            Assert.Equal(folder + "/note", completion.CommonPrefix);
            Assert.Equal("/upload ".Length, completion.Start);
            Assert.Equal(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/x", PathCompletion.ExpandHome("~/x"));
            Assert.Equal("~x", PathCompletion.ExpandHome("~x"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData((int)ColorMode.Auto, true, "", "xterm", true)]
    [InlineData((int)ColorMode.Auto, false, "", "xterm", false)]
    [InlineData((int)ColorMode.Auto, true, "1", "xterm", false)]
    [InlineData((int)ColorMode.Auto, true, "", "dumb", false)]
    [InlineData((int)ColorMode.Always, false, "1", "dumb", true)]
    [InlineData((int)ColorMode.Never, true, "", "xterm", false)]
    public void Colours_follow_the_terminal_and_the_conventions(int mode, bool terminal, string noColor, string term, bool expected) =>
        Assert.Equal(expected, ColorPolicy.UseColor((ColorMode)mode, terminal, name => name == "NO_COLOR" ? noColor : term));

    [Fact]
    public void The_banner_has_a_plain_form()
    {
        string plain = Banner.Logo(ascii: true, color: false);
        Assert.All(plain, value => Assert.True(value is '\n' or (>= ' ' and <= '~')));
        Assert.Equal(plain.Count(value => value == '\n'), Banner.Logo(ascii: false, color: true).Count(value => value == '\n'));
        Assert.Equal("model:    x\ncompute:  y\n", Banner.Information([("model", "x"), ("compute", "y")], color: false));
    }

    [Fact]
    public void Progress_is_shown_for_long_prompts_on_terminals()
    {
        var output = new StringWriter();
        var status = new StatusLine(output, isTerminal: true, color: false);
        status.Report(new(10, 100, 0));
        Assert.Empty(output.ToString());
        status.Report(new(100, 1100, 100));
        status.Report(new(600, 1100, 100));
        status.Report(new(1100, 1100, 100));
        Assert.Equal("\r\e[Kloading prompt 0%...\r\e[Kloading prompt 50%...\r\e[K", output.ToString());
        var silent = new StringWriter();
        new StatusLine(silent, isTerminal: false, color: false).Report(new(600, 1100, 100));
        Assert.Empty(silent.ToString());
    }
}
