using System.Numerics;
using System.Text.Json;
using CsCheck;

namespace Quipu.Templates.Tests;

/// <summary>Values: from JSON, from code, and back to text.</summary>
public sealed class TemplateValueTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0", "0")]
    [InlineData("1.0", "1.0")]
    [InlineData("1e2", "100.0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("1e400", "inf")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("null", "None")]
    [InlineData("true", "True")]
    [InlineData("\"a\\u0041\\ud83e\\udd9c\"", "aA🦜")]
    [InlineData("[1, [], {}]", "[1, [], {}]")]
    [InlineData("{\"b\": 1, \"a\": {\"2\": 1.5}, \"1\": null}", "{'b': 1, 'a': {'2': 1.5}, '1': None}")]
    [InlineData("{\"a\": 1, \"b\": 2, \"a\": 3}", "{'a': 3, 'b': 2}")]
    public void Json_becomes_a_value(string json, string text) => Assert.Equal(text, FromJson(json).ToString());

    [Theory]
    [InlineData("\"\\ud83e\"")]
    [InlineData("{\"\\udd9c\": 1}")]
    public void Half_a_surrogate_pair_in_json_is_refused(string json) =>
        Assert.Contains("surrogate", Assert.Throws<TemplateException>(() => FromJson(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_integer_of_too_many_digits_is_refused()
    {
        Assert.Equal(4300, FromJson(new string('7', 4300)).ToString().Length);
        Assert.Contains("4301 digits", Assert.Throws<TemplateException>(() => FromJson(new string('7', 4301))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_can_be_built_in_code()
    {
        TemplateValue value = TemplateValue.Dict(
            ("none", TemplateValue.None),
            ("null", TemplateValue.From((string?)null)),
            ("bool", TemplateValue.From(true)),
            ("long", TemplateValue.From(long.MinValue)),
            ("big", TemplateValue.From(BigInteger.Pow(10, 20))),
            ("float", TemplateValue.From(0.1)),
            ("list", TemplateValue.List(TemplateValue.From("it's"), TemplateValue.List())),
            ("message", TemplateValue.Message("user", "Hi")));
        Assert.Equal(
            "{'none': None, 'null': None, 'bool': True, 'long': -9223372036854775808, 'big': 100000000000000000000, 'float': 0.1, "
            + "'list': [\"it's\", []], 'message': {'role': 'user', 'content': 'Hi'}}",
            value.ToString());
        Assert.Equal("user", value.ToDictionary()["message"].ToDictionary()["role"].ToString());
    }

    [Fact]
    public void Only_a_dict_is_a_set_of_variables()
    {
        ChatTemplate template = ChatTemplate.Parse("{{ a }}");
        Assert.Equal("1", template.Render(TemplateValue.Dict(("a", TemplateValue.From(1))), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Throws<InvalidOperationException>(() => template.Render(TemplateValue.List(), cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_float_prints_the_shortest_text_that_reads_back() => Gen.Double.Sample(value =>
    {
        string text = TemplateValue.From(value).ToString();
        double back = text switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            _ => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
        };
        return back.Equals(value) && (!double.IsFinite(value) || text.AsSpan().ContainsAny('.', 'e'));
    });

    [Fact]
    public void An_integer_survives_arithmetic() => Gen.Select(Gen.Long, Gen.Long).Sample((a, b) =>
        Render("{{ (a * b + a - b) // (b * b + 1) }},{{ (a * b) % (b * b + 1) }}", a, b)
        == $"{FloorDivide((BigInteger)a * b + a - b, (BigInteger)b * b + 1)},{Modulo((BigInteger)a * b, (BigInteger)b * b + 1)}");

    [Fact]
    public void Quotients_of_integers_are_rounded_once() => Gen.Select(Gen.Long[1, 1L << 53], Gen.Long[1, 1L << 53]).Sample((a, b) =>
        Render("{{ (a * 3 ** 50) / (b * 3 ** 50) == a / b }}", a, b) == "True"
        && Render("{{ a / b }}", a, b) == TemplateValue.From((double)a / b).ToString());

    private static BigInteger Modulo(BigInteger a, BigInteger b) => ((a % b) + b) % b;

    private static BigInteger FloorDivide(BigInteger a, BigInteger b) => (a - Modulo(a, b)) / b;

    private static string Render(string source, long a, long b) =>
        ChatTemplate.Parse(source).Render(TemplateValue.Dict(("a", TemplateValue.From(a)), ("b", TemplateValue.From(b))));

    private static TemplateValue FromJson(string json)
    {
        using var document = JsonDocument.Parse(json);
        return TemplateValue.FromJson(document.RootElement);
    }
}
