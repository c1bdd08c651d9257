namespace Quipu.Packaging.Tests;

/// <summary>Arguments that a container carries.</summary>
public class ArgumentsTests
{
    [Theory]
    [InlineData("-m\nx.gguf\n...\n", "", "-m x.gguf")]
    [InlineData("-m\nx.gguf\n...\n", "-c 9", "-m x.gguf -c 9")]
    [InlineData("-a\n...\n-b\n", "-c", "-a -c -b")]
    [InlineData("-a\n...\n-b\n...\n", "-c", "-a -c -b")]
    [InlineData("-a\r\n...\r\n", "-c", "-a -c")]
    [InlineData("-a\n\n\n-b", "", "-a -b")]
    [InlineData("-a\n-b\n", "-c", "-c")]
    [InlineData("", "-c", "-c")]
    [InlineData("\uFEFF-a\n", "", "-a")]
    [InlineData("an argument with spaces\n", "", "an argument with spaces")]
    public void Stored_and_given_arguments_make_one_line(string stored, string given, string expected)
    {
        var parsed = ArgumentsFile.Parse(System.Text.Encoding.UTF8.GetBytes(stored), "x");
        string[] user = given.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, string.Join(' ', ArgumentsFile.Expand(parsed, user)));
    }

    [Fact]
    public void Text_comes_back()
    {
        string[] arguments = ["-p", "grüß \"Gott\" $HOME 'x'", "..."];
        Assert.Equal(arguments, ArgumentsFile.Parse(ArgumentsFile.Format(arguments), "x"));
    }

    [Fact]
    public void What_is_no_line_or_no_text_is_refused()
    {
        Assert.Throws<PackagingException>(() => ArgumentsFile.Format(["a\nb"]));
        Assert.Throws<PackagingException>(() => ArgumentsFile.Format([""]));
        Assert.Contains("no UTF-8", Assert.Throws<PackagingException>(() => ArgumentsFile.Parse([0xff, 0xfe], "x")).Message, StringComparison.Ordinal);
        Assert.Contains("zero byte", Assert.Throws<PackagingException>(() => ArgumentsFile.Parse([65, 0], "x")).Message, StringComparison.Ordinal);
    }
}
