namespace Quipu.Templates.Tests;

/// <summary>Errors say what is wrong and name the line and column where it stands.</summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData("ab\n  {{ 1 + }}", 2, 10, "unexpected 'end of print statement'")]
    [InlineData("a\n\n{% if x %}\n{% endfor %}", 4, 4, "'if' from line 3 is open and needs 'elif' or 'else' or 'endif'")]
    [InlineData("{% if x %}\n\n{% for y in z %}", 3, 15, "'for' from line 3 still needs 'endfor' or 'else'")]
    [InlineData("{{ 'abc\n }}", 1, 4, "unexpected char \"'\"")]
    [InlineData("{{ x | nope }}", 1, 8, "No filter named 'nope'.")]
    [InlineData("{% set x %}{% break %}{% endset %}", 1, 15, "'break' outside of a loop")]
    [InlineData("{{ f(a=1, a=2) }}", 1, 5, "keyword argument repeated: a")]
    [InlineData("{% macro none() %}{% endmacro %}", 1, 10, "can't assign to 'none'")]
    [InlineData("{% macro f(a, a) %}{% endmacro %}", 1, 15, "there twice")]
    [InlineData("{% for loop in x %}{% endfor %}", 1, 8, "taken by the loop")]
    [InlineData("{{ '\\u12' }}", 1, 4, "needs 4 hexadecimal digits")]
    [InlineData("{{ '\\U00110000' }}", 1, 4, "no character")]
    [InlineData("{{ '\\N{DASH}' }}", 1, 4, "\\u escape")]
    [InlineData("{% block b %}{% endblock %}\n{% block b %}{% endblock %}", 2, 4, "defined twice")]
    [InlineData("{% call x %}{% endcall %}", 1, 9, "needs a call")]
    public void Syntax_errors(string source, int line, int column, string reason)
    {
        TemplateException error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source));
        Assert.Equal((TemplateErrorKind.Syntax, line, column), (error.Kind, error.Line, error.Column));
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        Assert.Equal($"line {line}, column {column} of the template: {error.Reason}", error.Message);
        Assert.False(error.Raised);
    }

    [Theory]
    [InlineData("a\n{{ 'a' + 1 }}", 2, 8, "can only concatenate str (not \"int\") to str")]
    [InlineData("{{ x.y.z }}", 1, 5, "'x' is undefined")]
    [InlineData("{% for a in 5 %}{% endfor %}", 1, 4, "'int' object is not iterable")]
    [InlineData("{% set a, b = [1] %}", 1, 8, "not enough values to unpack (expected 2, got 1)")]
    [InlineData("{{ [1]|map('nope')|list }}", 1, 20, "No filter named 'nope'.")]
    [InlineData("{{ nope() }}", 1, 8, "'nope' is undefined")]
    [InlineData("{{ 'a'.upper(1) }}", 1, 13, "upper() takes at most 0 arguments (1 given)")]
    [InlineData("{{ 'a'|replace('a') }}", 1, 8, "'new' is missing")]
    [InlineData("{{ 'a'|replace('a', nope=1) }}", 1, 8, "unexpected keyword argument 'nope'")]
    [InlineData("{{ 'a'|replace('a', old='a') }}", 1, 8, "multiple values for argument 'old'")]
    [InlineData("{% macro m() %}{% endmacro %}{% call m() %}{% endcall %}", 1, 39, "does not use its caller")]
    [InlineData("{% include 'other' %}", 1, 4, "stands alone")]
    [InlineData("{{ [1]|random }}", 1, 8, "by chance")]
    [InlineData("{{ lipsum() }}", 1, 10, "random text")]
    public void Errors_of_rendering(string source, int line, int column, string reason)
    {
        TemplateException error = Assert.Throws<TemplateException>(() => Render(source));
        Assert.Equal((TemplateErrorKind.Runtime, line, column), (error.Kind, error.Line, error.Column));
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_raised_message_stands_alone()
    {
        TemplateException error = Assert.Throws<TemplateException>(() => Render("a\n{{ raise_exception('Only é!') }}"));
        Assert.True(error.Raised);
        Assert.Equal(("Only é!", "Only é!", 2, 19), (error.Message, error.Reason, error.Line, error.Column));
    }

    private static string Render(string source) =>
        ChatTemplate.Parse(source).Render(TemplateValue.Dict(), cancellationToken: TestContext.Current.CancellationToken);
}
