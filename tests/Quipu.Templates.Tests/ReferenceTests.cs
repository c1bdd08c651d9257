namespace Quipu.Templates.Tests;

/// <summary>Outcomes of the reference implementation that the golden data does not cover, each taken from a run of it.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData("{:e>-8.1f}|{:+,d}|{:#x}|{:08.3f}|{:,.2f}|{:_b}", "eeeee2.5|+1,234,567|0xff|0003.142|1,234.50|1_0000_0001")]
    public void Format_specifications(string format, string expected) =>
        Assert.Equal(expected, Render($"{{{{ '{format}'.format(2.5, 1234567, 255, 3.14159, 1234.5, 257) }}}}"));

    [Theory]
    [InlineData("{{ '{:08,}'.format(1234) }}", "0,001,234")]
    [InlineData("{{ '{:.3}|{:.3}|{:.3}'.format(123.456, 12.3456, 12.0) }}", "1.23e+02|12.3|12.0")]
    [InlineData("{{ '{:#.3g}|{:#.0f}|{:%}'.format(2.5, 3.0, 0.5) }}", "2.50|3.|50.000000%")]
    [InlineData("{{ '{:>08}|{:05}|{:^7}'.format(42, 'a', true) }}", "00000042|a0000|   1   ")]
    [InlineData("{{ '{0.real} {0!r:>4} {1[k][0]} {a:{w}}'.format(5, {'k': [7]}, a='x', w=3) }}", "5    5 7 x  ")]
    [InlineData("{{ '%5.1f|%-5d|%+05d|%#x|%.3d|%c|%c|%a' % (2.25, 7, 3, 255, 7, 'é', 65, 'é') }}", "  2.2|7    |+0003|0xff|007|é|A|'\\xe9'")]
    [InlineData("{{ '%(a)s %(b)05.1f' % {'a': 1, 'b': 2} }}", "1 002.0")]
    [InlineData("{{ '%*d|%-*d|%.*f' % (4, 7, 4, 7, 1, 2.25) }}", "   7|7   |2.2")]
    [InlineData("{{ 0.5|round }} {{ 1.5|round }} {{ 15|round(-1) }} {{ 25|round(-1) }} {{ 1e22|round(-21) }}", "0.0 2.0 20 20 1e+22")]
    [InlineData("{{ -7.195937247947469e+17 // 73 }} {{ 2**63 / 3 }} {{ 10**30 // 7 % 1000 }}", "-9857448284859548.0 3.0744573456182584e+18 857")]
    [InlineData("{{ '1_000'|int }} {{ '0x1f'|int(9, 16) }} {{ '0b11'|int(9, 0) }} {{ ' +7 '|int }} {{ '1__0'|int(9) }} {{ '.5'|float }}", "1000 31 3 7 9 0.5")]
    [InlineData("{{ 1|filesizeformat }} {{ -5|filesizeformat }} {{ 1e25|filesizeformat }} {{ 2048|filesizeformat(true) }}", "1 Byte -5 Bytes 10.0 YB 2.0 KiB")]
    public void Numbers(string source, string expected) => Assert.Equal(expected, Render(source));

    [Theory]
    [InlineData("{{ 'ΑΣ ΣΑΣ Σ'.lower() }} {{ 'ΐ'.upper()|length }} {{ 'ǆa'.title() }} {{ 'ﬁx'.capitalize() }} {{ 'ᾳ'.title() }}", "ας σας σ 3 ǅa Fix ᾼ")]
    [InlineData("{{ 'ſ'.upper() }} {{ 'ı'.upper() }} {{ 'İ'.lower()|length }} {{ 'Straße'.casefold() }} {{ 'aßB'.swapcase() }}", "S I 2 strasse ASSb")]
    [InlineData("{{ '1²½x'|list|map('string')|list }}{{ '²'.isdigit() }}{{ '½'.isdigit() }}{{ 'é1_'.isidentifier() }}{{ '1a'.isidentifier() }}", "['1', '²', '½', 'x']TrueFalseTrueFalse")]
    [InlineData("{{ 'a.b'.translate({97: 'x', 46: none, 98: 99}) }} {{ 'abc'.rpartition('b')[2] }} {{ 'aXbXc'.rsplit('X', 1) }}", "xc c ['aXb', 'c']")]
    [InlineData("{{ ' a  b c '.rsplit(none, 1) }}{{ ' a  b c '.split(none, 1) }}{{ 'a\\x1cb\\u2028c'.splitlines(true)|length }}", "[' a  b', 'c']['a', 'b c ']3")]
    [InlineData("{{ '🦜ab🦜'.find('b') }}{{ '🦜ab🦜'.rindex('🦜') }}{{ '🦜ab'.startswith('a', 1) }}{{ '🦜🦜'.center(4, '·') }}{{ '🦜a'[::-1] }}", "23True·🦜🦜·a🦜")]
    [InlineData("{{ ('<b>'|safe).upper() + '<' }} {{ ('%s'|safe) % '<' }} {{ ('<{}>'|safe).format('<') }} {{ (','|safe).join(['<', 1]) }}", "<B>&lt; &lt; <&lt;> &lt;,1")]
    [InlineData("{{ 'the quick brown fox'|wordwrap(10) }}|{{ 'aa-bb cc'|wordwrap(5) }}|{{ 'abcdefgh'|wordwrap(3) }}|{{ 'abcdefgh i'|wordwrap(3, false) }}", "the quick\nbrown fox|aa-bb\ncc|abc\ndef\ngh|abcdefgh\ni")]
    [InlineData("{{ {'a': 1, 'b': none, 'c<': '\"'}|xmlattr }}", " a=\"1\" c&lt;=\"&#34;\"")]
    public void Strings(string source, string expected) =>
        Assert.Equal(expected, Render(source));

    [Theory]
    [InlineData("{% block b %}x{% endblock %}{{ self.b() }}", "xx")]
    [InlineData("{% print 1, 'a' %}", "1a")]
    [InlineData("{% set x = 1 %}{% set y %}{% set x = 2 %}{{ x }}{% endset %}{{ x }}{{ y }}", "12")]
    [InlineData("{% for x in [1, 2] %}{% set y %}{% if x == 1 %}{% continue %}{% endif %}b{% endset %}{{ y }}{% endfor %}", "b")]
    [InlineData("{% for x in [1, 2] if x > 1 %}{{ loop.length }}{{ loop.last }}{{ loop.nextitem is defined }}{% endfor %}", "1TrueFalse")]
    [InlineData("{% set g = [1, 2]|map('string') %}{{ g|list }}{{ g|list }}", "['1', '2'][]")]
    [InlineData("{% set c = cycler(1, 2) %}{% for x in [1, 2, 3] %}{{ c.next() }}{% endfor %}{{ c.current }}", "1212")]
    [InlineData("{{ [none, none]|sort }}{{ [nope, nope]|sort }}", "[None, None][Undefined, Undefined]")]
    [InlineData("{{ {'a': 1}.keys() == {'a': 2}.keys() }}{{ {'a': 1}.items() == {'a': 2}.items() }}", "TrueFalse")]
    [InlineData("{{ 'a' is in {'a': 1}.keys() }}{{ range(0, 10, 3).index(6) }}{{ (1, 2, 1).count(1) }}{{ range(5)[1:4:2]|list }}", "True22[1, 3]")]
    [InlineData("{{ {1: 2}[1.0] }}{{ {(1, 'a'): 3}[(1.0, 'a')] }}{{ {none: 4}[none] }}{{ 2 ** 70 in {1180591620717411303424.0: 1} }}", "234True")]
    [InlineData("{{ {'b': range(6)|map('string')|map('center', 20)|list, 'a': (1,)}|pprint|length }}", "198")]
    [InlineData("{{ '{% raw %}' }}{% raw -%}  {{ x }}  {%- endraw %}|", "{% raw %}{{ x }}|")]
    [InlineData("{{ 1 if true }}{{ 0x_ff }}{{ 0b_1 }}{{ 0o_17 }}", "1255115")]
    [InlineData("{{ 'a' 'b' \"c\" }}{{ '\\é' }}{{ '\\🦜' }}{{ '\\400' == '\\u0100' }}", "abc\\xe9\\U0001f99cTrue")]
    [InlineData("{{ strftime_now('%-I|%_d|%^b|%#p|%C|%k|%l|%P|%s' )[:18] }}{{ strftime_now('%q %') }}", "12|15|JAN|pm|20|12%q %")]
    public void Language(string source, string expected) => Assert.Equal(expected, Render(source));

    private static string Render(string source) =>
        ChatTemplate.Parse(source).Render(TemplateValue.Dict(), Golden.Now, TestContext.Current.CancellationToken);
}
