using CsCheck;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Tests.Chat;

/// <summary>What was typed before, in memory and on disk.</summary>
public class HistoryTests
{
    [Fact]
    public void A_walk_comes_back_to_what_was_being_typed()
    {
        var history = new History();
        history.Add("one");
        history.Add("two");
        Assert.Equal("two", history.Older("draft"));
        Assert.Equal("one", history.Older("two"));
        Assert.Null(history.Older("one"));
        Assert.Equal("two", history.Newer());
        Assert.Equal("draft", history.Newer());
        Assert.Null(history.Newer());
    }

    [Fact]
    public void Blank_and_repeated_lines_are_not_kept_and_old_ones_go()
    {
        var history = new History(capacity: 3);
        Assert.False(history.Add("  "));
        foreach (string line in (string[])["a", "a", "b", "c", "d"])
            history.Add(line);
        Assert.Equal(["b", "c", "d"], history.Entries);
    }

    [Fact]
    public void A_line_on_disk_is_the_line_that_was_typed() =>
        Gen.String.Sample(line =>
        {
            string escaped = HistoryFile.Escape(line);
            Assert.DoesNotContain('\n', escaped);
            Assert.Equal(line, HistoryFile.Unescape(escaped));
        });

    [Fact]
    public void The_file_is_its_owner_s_alone_and_bounded()
    {
        string folder = Directory.CreateTempSubdirectory("quipu-").FullName;
        string path = Path.Combine(folder, "history");
        try
        {
            var file = new HistoryFile(path);
            var none = new History();
            file.Load(none);
            Assert.Empty(none.Entries);
            for (int i = 0; i < 9; i++)
                file.Append($"line {i}\nof two \\ rows");
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            var history = new History(capacity: 4);
            file.Load(history);
            Assert.Equal([5, 6, 7, 8], history.Entries.Select(entry => entry[5] - '0'));
            Assert.EndsWith("\nof two \\ rows", history.Entries[0], StringComparison.Ordinal);
            Assert.Equal(4, File.ReadAllLines(path).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_file_that_others_could_read_is_closed_to_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        string path = Path.GetTempFileName();
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
                new HistoryFile(path).Append("secret");
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}
