using System.Runtime.CompilerServices;
using Quipu.Templates.BuiltIns;

namespace Quipu.Templates.Syntax;

/// <summary>
/// Reads expressions. From loose to tight: <c>if else</c>, <c>or</c>, <c>and</c>, <c>not</c>, comparisons, <c>+ -</c>,
/// <c>~</c>, <c>* / // %</c>, <c>**</c>, signs, then attributes, items, calls, and filters and tests as the tightest.
/// </summary>
internal sealed partial class ExpressionParser(TokenStream tokens, TemplateLimits limits)
{
    private readonly DeferredErrors _deferred = new();
    private int _depth;

    /// <summary>Errors that wait for the end of the parse.</summary>
    public DeferredErrors Deferred => _deferred;

    /// <summary>Which of <c>caller</c>, <c>varargs</c> and <c>kwargs</c> were read since this was last emptied.</summary>
    public HashSet<string> SpecialNames { get; set; } = [];

    /// <summary>Counts a level of nesting; <see cref="Leave"/> takes it back.</summary>
    public void Enter()
    {
        if (++_depth > limits.MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateException(
                $"blocks or expressions are nested deeper than {limits.MaxNesting} levels", TemplateErrorKind.Limit, tokens.Position);
    }

    public void Leave() => _depth--;

    /// <summary>An expression, or a tuple where commas follow.</summary>
    /// <param name="allowConditional">Whether <c>a if b</c> may stand here without parentheses.</param>
    /// <param name="inParentheses">Whether nothing at all is the empty tuple.</param>
    public Expression ParseTuple(bool allowConditional = true, bool inParentheses = false)
    {
        Position position = tokens.Position;
        return ParseTuple(allowConditional ? Parse : ParseOr, position, inParentheses);
    }

    /// <summary>One expression.</summary>
    public Expression Parse()
    {
        Enter();
        int mark = _deferred.Count;
        Expression value = ParseOr();
        while (tokens.Current.IsName("if"))
        {
            Position position = tokens.Advance().Position;
            Expression test = ParseOr();
            Expression? other = tokens.TryTakeName("else") ? Parse() : null;
            value = new Conditional(position, test, value, other);
            _deferred.Forget(mark);
        }
        Leave();
        return value;
    }

    private Expression ParseTuple(Func<Expression> parseItem, Position position, bool inParentheses)
    {
        var items = new List<Expression>();
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0)
                tokens.ExpectOperator(",");
            if (IsTupleEnd())
                break;
            items.Add(parseItem());
            if (!tokens.Current.IsOperator(","))
                break;
            isTuple = true;
        }
        if (isTuple)
            return new TupleLiteral(position, [.. items]);
        if (items.Count == 1)
            return items[0];
        if (inParentheses)
            return new TupleLiteral(position, []);
        throw tokens.Error($"Expected an expression, got '{tokens.Current.Description}'");
    }

    private bool IsTupleEnd() => tokens.Current.Kind is TokenKind.PrintEnd or TokenKind.BlockEnd || tokens.Current.IsOperator(")");

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (tokens.Current.IsName("or"))
            left = new Logical(tokens.Advance().Position, IsAnd: false, left, ParseAnd());
        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (tokens.Current.IsName("and"))
            left = new Logical(tokens.Advance().Position, IsAnd: true, left, ParseNot());
        return left;
    }

    private Expression ParseNot()
    {
        if (!tokens.Current.IsName("not"))
            return ParseComparison();
        Enter();
        var not = new Not(tokens.Advance().Position, ParseNot());
        Leave();
        return not;
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        Position position = tokens.Position;
        List<(string, Expression)>? rest = null;
        while (TryTakeComparison() is { } comparison)
            (rest ??= []).Add((comparison, ParseSum()));
        return rest is null ? first : new Comparison(position, first, [.. rest]);
    }

    private string? TryTakeComparison()
    {
        Token token = tokens.Current;
        if (token.Kind == TokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
            return tokens.Advance().Text;
        if (tokens.TryTakeName("in"))
            return "in";
        if (!token.IsName("not") || !tokens.Next.IsName("in"))
            return null;
        tokens.Advance();
        tokens.Advance();
        return "not in";
    }

    private Expression ParseSum()
    {
        Expression left = ParseConcatenation();
        while (tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is "+" or "-")
        {
            Token sign = tokens.Advance();
            left = new Arithmetic(sign.Position, sign.Text, left, ParseConcatenation());
        }
        return left;
    }

    private Expression ParseConcatenation()
    {
        Expression first = ParseProduct();
        if (!tokens.Current.IsOperator("~"))
            return first;
        Position position = tokens.Position;
        var parts = new List<Expression> { first };
        while (tokens.TryTakeOperator("~"))
            parts.Add(ParseProduct());
        return new Concatenation(position, [.. parts]);
    }

    private Expression ParseProduct()
    {
        Expression left = ParsePower();
        while (tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is "*" or "/" or "//" or "%")
        {
            Token sign = tokens.Advance();
            left = new Arithmetic(sign.Position, sign.Text, left, ParsePower());
        }
        return left;
    }

    private Expression ParsePower()
    {
        Expression left = ParseSigned(withFilters: true);
        while (tokens.Current.IsOperator("**"))
            left = new Arithmetic(tokens.Advance().Position, "**", left, ParseSigned(withFilters: true));
        return left;
    }

    private Expression ParseSigned(bool withFilters)
    {
        Expression value;
        if (tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is "-" or "+")
        {
            Enter();
            Token sign = tokens.Advance();
            value = new Sign(sign.Position, sign.Text == "-", ParseSigned(withFilters: false));
            Leave();
        }
        else
        {
            value = ParsePrimary();
        }
        value = ParsePostfix(value);
        return withFilters ? ParseFiltersAndTests(value) : value;
    }

    /// <summary>Attributes, items and calls after a value.</summary>
    private Expression ParsePostfix(Expression value)
    {
        while (tokens.Current.Kind == TokenKind.Operator)
            switch (tokens.Current.Text)
            {
                case ".":
                    value = ParseAttribute(value);
                    break;
                case "[":
                    value = ParseItem(value);
                    break;
                case "(":
                    value = new CallExpression(tokens.Position, value, ParseArguments());
                    break;
                default:
                    return value;
            }
        return value;
    }

    private Expression ParseFiltersAndTests(Expression value)
    {
        while (true)
            if (tokens.Current.IsOperator("|"))
                value = ParseFilter(value);
            else if (tokens.Current.IsName("is"))
                value = ParseTest(value);
            else if (tokens.Current.IsOperator("("))
                value = new CallExpression(tokens.Position, value, ParseArguments());
            else
                return value;
    }

    private FilterExpression ParseFilter(Expression input)
    {
        tokens.ExpectOperator("|");
        FilterCall filter = ParseFilterCall();
        return new FilterExpression(filter.Position, input, filter);
    }

    /// <summary>A filter's name, which may have dots, and its arguments.</summary>
    private FilterCall ParseFilterCall()
    {
        Position position = tokens.Position;
        string name = ParseDottedName();
        if (!Filters.Exists(name))
            _deferred.AddName($"No filter named '{name}'.", position);
        return new FilterCall(position, name, tokens.Current.IsOperator("(") ? ParseArguments() : ArgumentList.Empty);
    }

    /// <summary>The filters of a block: <c>name(arguments) | name …</c>.</summary>
    public FilterCall[] ParseFilterChain()
    {
        var filters = new List<FilterCall> { ParseFilterCall() };
        while (tokens.TryTakeOperator("|"))
            filters.Add(ParseFilterCall());
        return [.. filters];
    }

    private Expression ParseTest(Expression input)
    {
        tokens.ExpectName("is");
        bool negated = tokens.TryTakeName("not");
        Position position = tokens.Position;
        string name = ParseDottedName();
        if (!Tests.Exists(name))
            _deferred.AddName($"No test named '{name}'.", position);
        ArgumentList arguments = ArgumentList.Empty;
        if (tokens.Current.IsOperator("("))
            arguments = ParseArguments();
        else if (StartsTestArgument())
            arguments = new ArgumentList([ParsePostfix(ParsePrimary())], [], null, null);
        Expression test = new TestExpression(position, input, name, arguments);
        return negated ? new Not(position, test) : test;
    }

    private bool StartsTestArgument()
    {
        Token token = tokens.Current;
        if (token.IsName("is"))
            throw tokens.Error("tests cannot be chained with 'is': put the first in parentheses");
        return token.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float
            || token.IsOperator("[") || token.IsOperator("{")
            || (token.Kind == TokenKind.Name && token.Text is not ("else" or "or" or "and"));
    }

    private string ParseDottedName()
    {
        string name = tokens.ExpectName().Text;
        while (tokens.TryTakeOperator("."))
            name += "." + tokens.ExpectName().Text;
        return name;
    }
}
