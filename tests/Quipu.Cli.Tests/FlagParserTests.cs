using CsCheck;
using Quipu.Cli.Flags;
using Quipu.Engine.Sampling;

namespace Quipu.Cli.Tests;

/// <summary>How a command line is read.</summary>
public class FlagParserTests
{
    [Theory]
    [InlineData("", (int)Modes.Chat)]
    [InlineData("-p x", (int)Modes.Chat)]
    [InlineData("--chat", (int)Modes.Chat)]
    [InlineData("-p x --cli -n 3", (int)Modes.Script)]
    [InlineData("--cli --chat", (int)Modes.Chat)]
    [InlineData("--chat --cli", (int)Modes.Script)]
    [InlineData("-p --cli", (int)Modes.Chat)]
    [InlineData("inspect a", (int)Modes.Inspect)]
    [InlineData("tokenize a", (int)Modes.Tokenize)]
    [InlineData("template", (int)Modes.Template)]
    [InlineData("perplexity -c 4", (int)Modes.Perplexity)]
    public void Mode_comes_from_the_first_argument_or_the_last_mode_flag(string line, int mode) =>
        Assert.Equal((Modes)mode, Parse(line).Mode);

    [Fact]
    public void A_value_follows_its_flag_whatever_it_looks_like()
    {
        Assert.Equal("--cli", Parse("-p --cli").Text(TextFlags.Prompt));
        Assert.Equal(-1, Parse("--cli -n -1").Integer(TextFlags.MaxTokens, 7));
        Assert.Equal("a=b", Parse("--prompt=a=b").Text(TextFlags.Prompt));
        Assert.Equal("", Parse("--prompt=").Text(TextFlags.Prompt));
    }

    [Fact]
    public void The_last_value_counts_unless_the_flag_is_repeatable()
    {
        Assert.Equal("b", Parse("-p a --prompt b").Text(TextFlags.Prompt));
        Assert.Equal(["a", "b"], Parse("--cli -r a -r b").Texts(TextFlags.ReversePrompt));
        Assert.False(Parse("-e --no-escape").IsOn(TextFlags.Escape, otherwise: true));
        Assert.True(Parse("--no-escape -e").IsOn(TextFlags.Escape));
        Assert.True(Parse("").IsOn(TextFlags.Escape, otherwise: true));
        Assert.False(Parse("--silent-prompt").IsOn(TextFlags.DisplayPrompt, otherwise: true));
    }

    [Fact]
    public void Underscores_are_hyphens_in_long_names_only()
    {
        Assert.Equal(7, Parse("--ctx_size 7").Integer(GeneralFlags.ContextSize, 0));
        Assert.Equal(7, Parse("--cli --n_predict=7").Integer(TextFlags.MaxTokens, 0));
        Assert.Equal("a_b", Parse("--prompt a_b").Text(TextFlags.Prompt));
    }

    [Theory]
    [InlineData("--tempp 1", "--temp")]
    [InlineData("--ctx-sise 1", "--ctx-size")]
    [InlineData("--promt x", "--prompt")]
    [InlineData("--repaet-penalty 1", "--repeat-penalty")]
    [InlineData("--verison", "--version")]
    public void An_unknown_flag_names_the_nearest(string line, string nearest) =>
        Assert.Contains($"Did you mean {nearest}?", Error(line), StringComparison.Ordinal);

    [Fact]
    public void An_unknown_flag_that_is_like_no_other_gets_no_guess()
    {
        Assert.DoesNotContain("Did you mean", Error("--xylophone"), StringComparison.Ordinal);
        Assert.Contains("'quipu tokenize --help'", Error("tokenize --xylophone"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello", "'hello' is no flag")]
    [InlineData("--cli hello", "'hello' is no flag")]
    [InlineData("-p", "-p needs a value: -p TEXT.")]
    [InlineData("--cli=1", "--cli takes no value, but '1' is given.")]
    [InlineData("--top-p 1.5", "--top-p is 1.5, but must be from 0 to 1.")]
    [InlineData("--repeat-penalty 0", "--repeat-penalty is 0, but must be above 0.")]
    [InlineData("-c 1.5", "-c needs a whole number, but '1.5' is none.")]
    [InlineData("--raw", "--raw means nothing in the chat. It belongs to script mode (--cli). Hint: a base model")]
    [InlineData("inspect --cli x", "--cli means nothing in quipu inspect.")]
    public void Errors_say_what_is_wrong(string line, string start) => Assert.StartsWith(start, Error(line), StringComparison.Ordinal);

    [Fact]
    public void What_follows_two_hyphens_is_no_flag()
    {
        var flags = Parse("tokenize --json -- --json");
        Assert.Equal(["--json"], flags.Operands);
        Assert.Equal(["-"], Parse("tokenize -").Operands);
    }

    [Fact]
    public void Help_is_shown_whatever_else_is_asked()
    {
        Assert.True(Parse("hello --raw --help").IsOn(GeneralFlags.Help));
        Assert.True(Parse("inspect --temp 1 -h").IsOn(GeneralFlags.Help));
    }

    [Fact]
    public void Any_line_is_read_or_is_a_usage_error()
    {
        string[] words = [.. FlagTable.All.SelectMany(flag => flag.Names), "-", "--", "", "=", "--=", "-1", "0", "1e9", "x", "inspect", "--cli=", "−"];
        var word = Gen.OneOf(Gen.Int[0, words.Length - 1].Select(i => words[i]), Gen.String[0, 6]);
        word.Array[0, 8].Sample(line =>
        {
            try
            {
                FlagParser.Parse(line);
            }
            catch (UsageException error)
            {
                Assert.NotEmpty(error.Message);
            }
        }, iter: 20_000);
    }

    [Fact]
    public void Without_flags_sampling_is_llama_cpp_s_but_greedy()
    {
        var options = SamplingFlagReader.Read(Parse(""));
        Assert.Equal(0, options.Temperature);
        Assert.Equivalent(new SamplingOptions { Temperature = 0 }, options);
    }

    [Fact]
    public void Help_tells_the_defaults_that_really_hold()
    {
        foreach (var flag in SamplingFlags.All.Where(flag => flag.Kind is FlagKind.Integer or FlagKind.Number))
        {
            var read = SamplingFlagReader.Read(Parse($"{flag.Name} {flag.Default}"));
            Assert.Equivalent(SamplingFlagReader.Read(Parse("")), read);
        }
        Assert.Equal(SamplerKinds.Format(SamplingOptions.DefaultSamplers), SamplingFlags.Samplers.Default);
        Assert.Equal(SamplerKinds.FormatSequence(SamplingOptions.DefaultSamplers), SamplingFlags.SamplerSequence.Default);
    }

    [Fact]
    public void Every_sampling_flag_reaches_the_options()
    {
        var before = SamplingFlagReader.Read(Parse(""));
        foreach (var flag in SamplingFlags.All.Where(flag => flag.Kind is FlagKind.Integer or FlagKind.Number))
        {
            string value = flag.Range.Contains(0.25) && flag.Kind == FlagKind.Number ? "0.25" : "2";
            string differs = SamplingFlagReader.Read(Parse($"{flag.Name} {value}")).ToString();
            Assert.True(differs != before.ToString() || flag.Default == value, flag.Name);
        }
    }

    [Fact]
    public void Lists_of_sampling_flags_are_read()
    {
        var options = SamplingFlagReader.Read(FlagParser.Parse([
            "-l", "5+1.5", "-l", "6-inf", "-l", "7-0.5", "--samplers", "top_k;temperature", "--dry-sequence-breaker", @"\n", "-s", "42",
        ]));
        Assert.Equal(1.5f, options.LogitBias[5]);
        Assert.Equal(float.NegativeInfinity, options.LogitBias[6]);
        Assert.Equal(-0.5f, options.LogitBias[7]);
        Assert.Equal([SamplerKind.TopK, SamplerKind.Temperature], options.Samplers);
        Assert.Equal(["\n"], options.DrySequenceBreakers);
        Assert.Equal(42u, options.Seed);
        Assert.Empty(SamplingFlagReader.Read(Parse("--dry-sequence-breaker none")).DrySequenceBreakers);
    }

    [Theory]
    [InlineData("-l", "5")]
    [InlineData("-l", "+1")]
    [InlineData("-l", "5+inf")]
    [InlineData("-l", "5+x")]
    [InlineData("-l", "99999999999+1")]
    [InlineData("--samplers", "top_q")]
    [InlineData("--sampling-seq", "kq")]
    [InlineData("--dry-sequence-breaker", "")]
    public void Lists_that_cannot_be_read_are_usage_errors(string flag, string value) =>
        Assert.Throws<UsageException>(() => SamplingFlagReader.Read(FlagParser.Parse([flag, value])));

    [Fact]
    public void Flags_without_effect_at_temperature_0_are_named()
    {
        Assert.Contains("--seed, --top-k", Note("-s 1 --top-k 5"), StringComparison.Ordinal);
        Assert.Null(Note("-s 1 --temp 0.5"));
        Assert.Null(Note("--repeat-penalty 1.1"));
        Assert.Null(Note("-s 1 --xtc-probability 0.5"));

        static string? Note(string line) => SamplingFlagReader.WithoutEffect(Parse(line), SamplingFlagReader.Read(Parse(line)));
    }

    [Theory]
    [InlineData(@"a\nb\tc\\n", "a\nb\tc\\n")]
    [InlineData(@"\""\'", "\"'")]
    [InlineData(@"\x41\xc3\xa9\xC3\xA9", "Aéé")]
    [InlineData(@"\q \x4 \", @"\q \x4 \")]
    [InlineData(@"\xff", "\uFFFD")]
    public void Escapes_are_read(string text, string expected) => Assert.Equal(expected, Escapes.Read(text));

    [Fact]
    public void Escapes_leave_text_without_backslashes_alone() =>
        Gen.String.Sample(text => Assert.Equal(text.Replace("\\", "", StringComparison.Ordinal), Escapes.Read(text.Replace("\\", "", StringComparison.Ordinal))));

    private static ParsedFlags Parse(string line) => FlagParser.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Error(string line) => Assert.Throws<UsageException>(() => Parse(line)).Message;
}
