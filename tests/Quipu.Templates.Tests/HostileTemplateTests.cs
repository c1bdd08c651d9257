using System.Diagnostics;
using System.Text.Json;

namespace Quipu.Templates.Tests;

/// <summary>Templates that ask for too much end in an error that says so: soon, and without much memory.</summary>
public sealed class HostileTemplateTests
{
    private const long Gibibyte = 1L << 30;

    public static TheoryData<string> Greedy => new(
        "{{ 'x' * 10**9 }}",
        "{{ ('x' * 10**6) * 10**6 }}",
        "{{ [0] * 10**9 }}",
        "{{ (1,) * 2**62 }}",
        "{{ range(10**12)|list }}",
        "{{ range(0, 10**30) }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% for k in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
        "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(s='xy') %}{% for i in range(99) %}{% set ns.s = ns.s|replace('x', ns.s) %}{% endfor %}",
        "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s]|join(ns.s) %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{% set ns = namespace(l=[1, 1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[], m=[]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}",
        "{% set ns = namespace(l=[1, 1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}",
        "{% set ns = namespace(l=(1, 1)) %}{% for i in range(45) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ {ns.l: 1} }}",
        "{% set ns = namespace(l=(1, 1)) %}{% for i in range(60) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ ns.l in {} }}",
        "{% set ns = namespace(kept=[]) %}{% for i in range(9999) %}{% set ns.kept = ns.kept + ['x' * 10**6 ~ i] %}{% endfor %}",
        "{% set ns = namespace(kept=[]) %}{% for i in range(99999) %}{% set ns.kept = [ns.kept, range(99999)|list] %}{% endfor %}",
        "{% set ns = namespace(x=2) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}{{ ns.x }}",
        "{{ 2 ** (10**9) }}",
        "{{ 3 ** (3 ** (3 ** (3 ** 3))) }}",
        "{% set b = 2 ** 16000 %}{% for i in range(99999) %}{% for j in range(99) %}{% set c = b * b %}{% endfor %}{% endfor %}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%.999999999f' % 1.5 }}",
        "{{ '%*d' % (999999999, 1) }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ '{:.999999999f}'.format(1.5) }}",
        "{{ '{:0999999999,}'.format(1) }}",
        "{{ 'a'.ljust(10**9) ~ 'a'.rjust(10**9) }}",
        "{{ 'a'.center(10**9, '🦜') }}",
        "{{ 'a'.zfill(10**9) }}",
        "{{ '\t'.expandtabs(10**9) }}",
        "{{ 'a\nb'|indent(10**9) }}",
        "{{ ('\n' * 10**6)|indent('x' * 10**6, true, true) }}",
        "{{ ('ab' * 10**6).replace('', 'x' * 10**6) }}",
        "{{ ('x' * 10**6).join('x' * 10**6) }}",
        "{{ [[[[[[1]]]]]]|tojson(indent=10**8) }}",
        "{{ [1]|batch(10**9, 0)|list }}",
        "{{ [1]|slice(10**9)|list }}",
        "{{ [1, 2]|join('x' * 10**7)|center(10**9) }}",
        "{{ ('🦜' * 10**7)|list }}",
        "{{ ('ab ' * 5 * 10**6).split() }}",
        "{% set s = 'a' * 10**7 %}{{ (s ~ 'b' ~ s) in (s ~ s ~ 'c' ~ s) }}",
        "{% set s = 'a' * 4 * 10**6 %}{{ ('a' * 10**5 ~ 'b' ~ 'a' * 10**5) in s }}",
        "{% set s = 'a' * 10**7 %}{% set t = 'a' * 10**7 %}{% for i in range(99999) %}{% if s == t %}{% endif %}{% endfor %}",
        "{% set s = 'a' * 10**7 %}{% for i in range(99999) %}{% if s.upper() %}{% endif %}{% endfor %}",
        "{% set d = {'a' * 10**7: 1} %}{% for i in range(99999) %}{% if ('a' * 10**7) in d %}{% endif %}{% endfor %}",
        "{% set s = '🦜' * 10**6 %}{% for i in range(99999) %}{{ s[99999:100000] }}{% endfor %}",
        "{% set l = range(99999)|list %}{% for i in range(99999) %}{% if -1 in l %}{% endif %}{% endfor %}",
        "{% set l = range(99999)|list %}{% for i in l %}{% set x = l|sort(reverse=true) %}{% endfor %}",
        "{% for i in range(99999) %}{% set x = 'a b c ' * 100000 %}{{ x|wordwrap(3)|length }}{% endfor %}",
        "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
        "{% macro f(n) %}{{ f(n ~ n) }}{{ f(n) }}{% endmacro %}{{ f('x') }}",
        "{% macro f() %}{{ 'x' * 10**7 }}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f() %}{% call f() %}{% endcall %}{{ caller }}{% endmacro %}{{ f() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% block b %}{{ self.b() }}{% endblock %}",
        "{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns }}",
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ [ns, ns]|tojson }}",
        "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|tojson }}",
        "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|pprint }}",
        "{% set ns = namespace(l=[], m=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% set ns.m = [ns.m] %}{% endfor %}{{ ns.l == ns.m }}",
        "{% set ns = namespace(l=[], m=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% set ns.m = [ns.m] %}{% endfor %}{{ ns.l < ns.m }}",
        "{% set ns = namespace(t=()) %}{% for i in range(99999) %}{% set ns.t = (ns.t,) %}{% endfor %}{{ {ns.t: 1} }}",
        "{% set ns = namespace(g=[1]) %}{% for i in range(99999) %}{% set ns.g = ns.g|map('string') %}{% endfor %}{{ ns.g|list }}",
        "{% set g = [1]|map('string') %}{% set h = g|map('replace', '1', '2') %}{{ [h]|map('list')|map('map', 'string')|list|length * 10**9 * 'x' }}");

    [Theory]
    [MemberData(nameof(Greedy))]
    public void What_asks_for_too_much_fails_soon(string source)
    {
        var clock = Stopwatch.StartNew();
        // A fifth of the default steps, so that the many cases together are quick.
        ChatTemplate template = ChatTemplate.Parse(source, new TemplateLimits { MaxSteps = 2_000_000 });
        TemplateException error = Assert.Throws<TemplateException>(
            () => template.Render(TemplateValue.Dict(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.True(error.Line >= 1 && error.Column >= 1, error.Message);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{clock.Elapsed} until: {error.Message}");
        AssertLittleMemory();
    }

    [Theory]
    [InlineData("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}")]
    [InlineData("{% set ns = namespace(kept=[]) %}{% for i in range(9999) %}{% set ns.kept = ns.kept + ['x' * 10**6 ~ i] %}{% endfor %}")]
    [InlineData("{% set ns = namespace(kept=[]) %}{% for i in range(99999) %}{% set ns.kept = [ns.kept, range(99999)|list] %}{% endfor %}")]
    public void The_default_limits_end_a_template_soon(string source)
    {
        var clock = Stopwatch.StartNew();
        Assert.Equal(TemplateErrorKind.Limit, Assert.Throws<TemplateException>(() => Render(source)).Kind);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), clock.Elapsed.ToString());
        AssertLittleMemory();
    }

    public static TheoryData<string, int, string> Deep => new()
    {
        { "{{ ", 100_000, "(" }, { "{{ ", 100_000, "[" }, { "{{ ", 100_000, "{'a':" }, { "{{ ", 100_000, "-" }, { "{{ ", 100_000, "not " },
        { "{{ ", 100_000, "f(" }, { "{{ x", 100_000, "[y" }, { "{{ x", 100_000, "|d(x" }, { "{{ x", 100_000, " is eq(x" },
        { "{{ ", 100_000, "1 if x else " }, { "", 100_000, "{% if x %}" }, { "", 100_000, "{% for x in y %}" }, { "", 50_000, "{% macro m() %}" },
        { "{% if x %}", 50_000, "{% elif x %}" }, { "{% set ", 100_000, "(" }, { "", 50_000, "{% set x %}" }, { "", 50_000, "{% filter trim %}" },
        { "{{ ", 200_000, "1 and " }, { "{{ ", 200_000, "1 + " }, { "{{ ", 200_000, "x ~ " },
    };

    [Theory]
    [MemberData(nameof(Deep))]
    public void Deep_nesting_is_refused(string start, int times, string step)
    {
        TemplateException error = Assert.Throws<TemplateException>(() => Render(start + string.Concat(Enumerable.Repeat(step, times))));
        Assert.True(error.Kind is TemplateErrorKind.Limit or TemplateErrorKind.Syntax, error.Message);
    }

    public static TheoryData<string, string, string, string> Long => new()
    {
        { "{{ 1", "+1", " }}", "100001" },
        { "{{ 'x'", "|trim", " }}", "x" },
        { "{{ x", ".x", " }}", "" },
        { "{{ x", "[0]", " }}", "" },
        { "{{ 1", " and 1", " }}", "1" },
        { "{{ ''", "~ ''", " }}", "" },
    };

    /// <summary>Long chains lean to the left in the tree. They may give a result or be refused, on any stack.</summary>
    [Theory]
    [MemberData(nameof(Long))]
    public void Long_chains_do_not_overflow_the_stack(string start, string step, string end, string result)
    {
        string source = start + string.Concat(Enumerable.Repeat(step, 100_000)) + end;
        foreach (int stack in (int[])[256 << 10, 1 << 20, 64 << 20])
        {
            string outcome = "";
            var thread = new Thread(() => outcome = Outcome(source), stack);
            thread.Start();
            thread.Join();
            Assert.True(outcome == result || outcome.StartsWith("error", StringComparison.Ordinal), outcome);
        }
    }

    [Theory]
    [InlineData("{% macro f(n) %}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(150) }}ok")]
    [InlineData("{% macro f(n) %}{% for x in [1] %}{% with a = n %}{% if a %}{{ f(a - 1)|trim }}{% endif %}{% endwith %}{% endfor %}{% endmacro %}{{ f(100) }}ok")]
    public void Recursion_that_ends_is_allowed(string source)
    {
        string outcome = "";
        var thread = new Thread(() => outcome = Outcome(source), 1 << 20);
        thread.Start();
        thread.Join();
        Assert.Equal("ok", outcome);
    }

    [Fact]
    public void A_small_stack_ends_recursion_before_it_overflows()
    {
        string outcome = "";
        var thread = new Thread(() => outcome = Outcome("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"), 192 << 10);
        thread.Start();
        thread.Join();
        Assert.StartsWith("error Limit", outcome, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_stops_a_rendering()
    {
        var limits = new TemplateLimits { MaxSteps = long.MaxValue };
        ChatTemplate endless = ChatTemplate.Parse("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", limits);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var clock = Stopwatch.StartNew();
        Assert.Throws<OperationCanceledException>(() => endless.Render(TemplateValue.Dict(), cancellationToken: source.Token));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), clock.Elapsed.ToString());
    }

    [Fact]
    public void A_template_that_is_too_long_is_refused()
    {
        var limits = new TemplateLimits { MaxSourceLength = 10 };
        Assert.Equal("0123456789", ChatTemplate.Parse("0123456789", limits).Render(TemplateValue.Dict(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(TemplateErrorKind.Limit, Assert.Throws<TemplateException>(() => ChatTemplate.Parse("0123456789a", limits)).Kind);
    }

    [Theory]
    [InlineData("{{ 'x' * 11 }}", nameof(TemplateLimits.MaxTextLength))]
    [InlineData("{% for i in range(20) %}{% endfor %}", "20 elements")]
    [InlineData("{{ 2 ** 20 }}", nameof(TemplateLimits.MaxIntegerBits))]
    [InlineData("{% macro f(n) %}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}", "more than 4")]
    [InlineData("{{ ((((((1)))))) }}", "5 levels")]
    public void Limits_can_be_set_and_are_named(string source, string name)
    {
        var limits = new TemplateLimits { MaxTextLength = 10, MaxRange = 19, MaxIntegerBits = 16, MaxCallDepth = 4, MaxNesting = 5 };
        TemplateException error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source, limits).Render(TemplateValue.Dict(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(TemplateErrorKind.Limit, error.Kind);
        Assert.Contains(name.Replace("20 elements", "19 elements", StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_json_is_refused()
    {
        string json = new string('[', 5_000) + new string(']', 5_000);
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = int.MaxValue });
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(() => TemplateValue.FromJson(document.RootElement)), 192 << 10);
        thread.Start();
        thread.Join();
        Assert.Equal(TemplateErrorKind.Limit, Assert.IsType<TemplateException>(error).Kind);
    }

    internal static void AssertLittleMemory()
    {
        using var process = Process.GetCurrentProcess();
        Assert.True(process.PeakWorkingSet64 < Gibibyte, $"{process.PeakWorkingSet64 >> 20} MiB");
    }

    private static string Render(string source) => ChatTemplate.Parse(source).Render(TemplateValue.Dict());

    private static string Outcome(string source)
    {
        try
        {
            return Render(source);
        }
        catch (TemplateException error)
        {
            return $"error {error.Kind}: {error.Message}";
        }
    }
}
