using System.Diagnostics;

namespace Quipu.Templates.Tests;

/// <summary>Whatever a template says, it gives a text or a <see cref="TemplateException"/>: no crash, no hang, little memory.</summary>
public sealed class RandomTemplateTests
{
    private const int Count = 10_000;

    [Fact]
    public void Ten_thousand_templates_give_a_text_or_an_error()
    {
        TemplateValue variables = Variables();
        int texts = 0;
        int errors = 0;
        TimeSpan slowest = TimeSpan.Zero;
        for (int seed = 0; seed < Count; seed++)
        {
            string source = new RandomTemplates(seed).Next();
            var clock = Stopwatch.StartNew();
            try
            {
                ChatTemplate.Parse(source).Render(variables, Golden.Now, TestContext.Current.CancellationToken);
                texts++;
            }
            catch (TemplateException)
            {
                errors++;
            }
            catch (Exception error)
            {
                Assert.Fail($"template {seed} ended in {error}:\n{source}");
            }
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
        }
        Assert.Equal(Count, texts + errors);
        Assert.True(texts > Count / 20 && errors > Count / 20, $"{texts} texts, {errors} errors: too much of one kind to be a test");
        Assert.True(slowest < TimeSpan.FromSeconds(20), $"one took {slowest}");
        HostileTemplateTests.AssertLittleMemory();
    }

    private static TemplateValue Variables() => TemplateValue.Dict(
        ("x", TemplateValue.From(5)),
        ("n", TemplateValue.From(System.Numerics.BigInteger.Pow(7, 50))),
        ("f", TemplateValue.From(-2.75)),
        ("s", TemplateValue.From("a Test\n\twith <é🦜> & 'quotes'")),
        ("xs", TemplateValue.List(TemplateValue.From(3), TemplateValue.From(1), TemplateValue.From(2))),
        ("d", TemplateValue.Dict(("a", TemplateValue.From("A")), ("b", TemplateValue.None))),
        ("messages", TemplateValue.List(TemplateValue.Message("system", "Be brief."), TemplateValue.Message("user", "Hi"))),
        ("tools", TemplateValue.None),
        ("add_generation_prompt", TemplateValue.From(true)),
        ("bos_token", TemplateValue.From("<s>")),
        ("eos_token", TemplateValue.From("</s>")));
}
