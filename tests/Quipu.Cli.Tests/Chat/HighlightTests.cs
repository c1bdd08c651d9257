using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Quipu.Cli.Chat;
using Quipu.Cli.Chat.Highlight;

namespace Quipu.Cli.Tests.Chat;

/// <summary>Colours of answers: they change no text, and where the pieces of the text are cut makes no difference.</summary>
public partial class HighlightTests
{
    private const string Document = """
        # A heading with `code`

        Some **bold *and* text**, *emphasis*, ***both***, snake_case_name and 2 * 3 * 4.
        Escaped \*stars\* and ``a ` tick``.

        1. first
        2) second
           - inner
        * star
        > quoted **words**

        ```python
        @decorator
        def f(x: int) -> str:
            '''doc'''
            return f"{x:>{3}}"  # comment with "quotes"
        ```

        ~~~c#
        // comment
        var c = '\n'; string s = "a\"b"; /* block
        comment */ if (c is 'x') return 1_000;
        ~~~

        ````
        ``` is no end
        ````
        ```not a fence``` in a line
        last **open bold
        """;

    [Theory]
    [InlineData("a **b** c", "a [1:**b**] c")]
    [InlineData("*em* x", "[3:*em*] x")]
    [InlineData("***x***", "[1;3:***x***]")]
    [InlineData("a `x*y*` b", "a [1;35:`x*y*`] b")]
    [InlineData("2 * 3 * 4", "2 * 3 * 4")]
    [InlineData("snake_case_name", "snake_case_name")]
    [InlineData("# Title\ntext", "[1;36:# Title]\ntext")]
    [InlineData("#hashtag", "#hashtag")]
    [InlineData("- item", "[36:-] item")]
    [InlineData("10. item", "[36:10.] item")]
    [InlineData("3.14 is pi", "3.14 is pi")]
    [InlineData("**two\nlines**", "[1:**two]\n[1:lines**]")]
    [InlineData("```python\nif x:\n```\nend", "[2:```python]\n[1;34:if] x:\n[2:```]\nend")]
    [InlineData("```unheard-of\nif x:\n```", "[2:```unheard-of]\nif x:\n[2:```]")]
    public void Markdown_is_coloured(string text, string expected) => Assert.Equal(expected, Readable(Highlight([text])));

    [Theory]
    [InlineData("c", "#include <x.h>\nint main() { return 'a' + \"s\\\"\"; } // end", "[35:#include <x.h>]\n[36:int] main() { [1;34:return] [32:'a'] + [32:\"s\\\"\"]; } [31:// end]")]
    [InlineData("rust", "fn f<'a>(x: &'a str) {}", "[1;34:fn] f<'a>(x: &'a [36:str]) {}")]
    [InlineData("bash", "echo \"$HOME\" # note\nfor x in $@", "")]
    [InlineData("sql", "SELECT a FROM t -- all\nselect 1", "")]
    [InlineData("json", "{\"a\": [1, true]}", "")]
    [InlineData("diff", "+added\n-removed\n@@ 1 @@\n same", "[32:+added]\n[31:-removed]\n[35:@@ 1 @@]\n same")]
    [InlineData("html", "<a href=\"x\">if 1 < 2</a>", "")]
    public void Code_is_coloured(string language, string code, string expected)
    {
        string shown = Highlight([$"```{language}\n{code}\n```"]);
        Assert.Equal($"```{language}\n{code}\n```", Plain(shown));
        string readable = Readable(shown)[$"[2:```{language}]\n".Length..^"\n[2:```]".Length];
        if (expected.Length > 0)
            Assert.Equal(expected, readable);
        else
            Assert.Contains('[', readable);
    }

    [Fact]
    public void The_languages_of_the_reference_are_known()
    {
        string[] names = ["c", "c++", "asm", "ld", "js", "ts", "json", "java", "py", "rust", "fortran", "cobol", "pascal", "go", "sql", "css", "html", "xml",
            "php", "c#", "kotlin", "scala", "lua", "lisp", "ada", "haskell", "perl", "shell", "swift", "d", "r", "zig", "tcl", "m4", "ruby", "tex", "forth",
            "make", "basic", "matlab", "julia", "ocaml", "cmake", "bnf", "gbnf", "markdown", "txt"];
        Assert.All(names, name => Assert.NotNull(Languages.Find(name)));
        Assert.NotNull(Languages.Find("Python title=x"));
        Assert.NotNull(Languages.Find("{.rust}") ?? Languages.Find(".rust"));
        Assert.Null(Languages.Find(""));
        Assert.Null(Languages.Find("klingon"));
    }

    [Fact]
    public void Where_the_pieces_are_cut_makes_no_difference()
    {
        string whole = Highlight([Document]);
        Assert.Equal(Document, Plain(whole));
        Assert.Equal(whole, Highlight(Document.Select(value => value.ToString())));
        Gen.Int[1, 12].Array[1, 50].Sample(sizes => Assert.Equal(whole, Highlight(Cut(Document, sizes))), iter: 300);
    }

    [Fact]
    public void No_text_is_changed_in_any_language_however_it_is_cut()
    {
        string[] languages = [.. Languages.Names, "unheard-of"];
        string[] parts = ["\n", " ", "'", "\"", "\\", "`", "```", "~~~", "*", "**", "_", "#", "//", "/*", "*/", "--", "<", ">", "(*", "*)", "{-", "-}", "if", "rem ",
            "x1", "3.5", "1..2", "$v", "@a", "é", "🦜", "\t", "\r\n", "%", ";", "'''", "\"\"\"", "- ", "1. ", "+", "[[", "]]"];
        var text = Gen.Int[0, parts.Length - 1].Array[0, 40].Select(chosen => string.Concat(chosen.Select(i => parts[i])));
        Gen.Select(text, Gen.Int[0, languages.Length - 1], Gen.Int[1, 9].Array[1, 8], Gen.Bool).Sample((body, language, sizes, fenced) =>
        {
            string document = fenced ? $"```{languages[language]}\n{body}" : body;
            string whole = Highlight([document]);
            Assert.Equal(document, Plain(whole));
            Assert.Equal(whole, Highlight(Cut(document, sizes)));
        }, iter: 20_000);
    }

    [Fact]
    public void Without_colours_text_goes_through()
    {
        var highlighter = new MarkdownHighlighter(color: false);
        Assert.Equal(Document, highlighter.Feed(Document) + highlighter.Flush());
    }

    [Fact]
    public void Long_answers_take_linear_time()
    {
        string long_ = string.Concat(Enumerable.Repeat("word **bold** `code` and 1234567890 ", 20_000)) + "\n```c\n" + string.Concat(Enumerable.Repeat("int x = 1; ", 20_000));
        Assert.Equal(long_, Plain(Highlight(Cut(long_, [7]))));
    }

    [Theory]
    [InlineData(false, "<think>a **b**</think>c **d**", "[2:<think>a **b**</think>]c [1:**d**]")]
    [InlineData(true, "a</think>b", "[2:a</think>]b")]
    [InlineData(false, "a < b <thin", "a < b <thin")]
    public void Thoughts_are_faint(bool thinking, string text, string expected)
    {
        foreach (int size in (int[])[1, 2, 3, 100])
        {
            var printer = new AnswerPrinter(color: true, markdown: true, thinking);
            string shown = string.Concat(Cut(text, [size]).Select(printer.Append)) + printer.Flush();
            Assert.Equal(expected, Readable(shown).Replace("][2:", "", StringComparison.Ordinal));
        }
    }

    private static string Highlight(IEnumerable<string> pieces)
    {
        var highlighter = new MarkdownHighlighter(color: true);
        return string.Concat(pieces.Select(highlighter.Feed)) + highlighter.Flush();
    }

    private static IEnumerable<string> Cut(string text, int[] sizes)
    {
        for (int at = 0, i = 0; at < text.Length; i++)
        {
            int length = Math.Min(sizes[i % sizes.Length], text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    private static string Plain(string text) => Sequences.Replace(text, "");

    /// <summary>The text with [parameters:…] around what is coloured.</summary>
    private static string Readable(string text)
    {
        var result = new StringBuilder();
        int at = 0;
        foreach (Match match in Sequences.Matches(text))
        {
            result.Append(text, at, match.Index - at).Append(match.Value == "\e[0m" ? "]" : $"[{match.Value[2..^1]}:");
            at = match.Index + match.Length;
        }
        return result.Append(text, at, text.Length - at).ToString();
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Sequences { get; }
}
