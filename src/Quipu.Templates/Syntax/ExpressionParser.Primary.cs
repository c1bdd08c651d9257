using Quipu.Templates.Values;

namespace Quipu.Templates.Syntax;

/// <summary>Literals, names, look-ups, arguments and the targets of assignments.</summary>
internal sealed partial class ExpressionParser
{
    /// <summary>What stands left of an assignment: names, tuples of names, and where allowed <c>namespace.attribute</c>.</summary>
    public Expression ParseTarget(bool allowNamespace = false)
    {
        Position position = tokens.Position;
        Expression ParsePart() => allowNamespace && tokens.Current.Kind == TokenKind.Name && tokens.Next.IsOperator(".")
            ? ParseNamespaceTarget()
            : ParsePrimary();
        Expression target = ParseTuple(ParsePart, position, inParentheses: false);
        CheckTarget(target);
        return target;
    }

    private NamespaceTarget ParseNamespaceTarget()
    {
        Token name = tokens.ExpectName();
        tokens.ExpectOperator(".");
        return new NamespaceTarget(name.Position, name.Text, tokens.ExpectName().Text);
    }

    private void CheckTarget(Expression target)
    {
        if (target is TupleLiteral tuple)
            foreach (Expression item in tuple.Items)
                CheckTarget(item);
        else if (target is not (Name or NamespaceTarget))
            throw tokens.Error("only names can be assigned to", target.Position);
    }

    private Expression ParsePrimary()
    {
        Token token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Advance();
                return ToNameOrConstant(token);
            case TokenKind.String:
                return ParseString();
            case TokenKind.Integer:
                tokens.Advance();
                return new Constant(token.Position, NumberLiteral.ParseInteger(token));
            case TokenKind.Float:
                tokens.Advance();
                return new Constant(token.Position, NumberLiteral.ParseFloat(token));
            case TokenKind.Operator when token.Text == "(":
                tokens.Advance();
                Expression inner = ParseTuple(inParentheses: true);
                tokens.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return ParseList();
            case TokenKind.Operator when token.Text == "{":
                return ParseDict();
            default:
                throw tokens.Error($"unexpected '{token.Description}'");
        }
    }

    private Expression ToNameOrConstant(Token token)
    {
        switch (token.Text)
        {
            case "true" or "True":
                return new Constant(token.Position, BoolValue.True);
            case "false" or "False":
                return new Constant(token.Position, BoolValue.False);
            case "none" or "None":
                return new Constant(token.Position, NoneValue.Instance);
            case "caller" or "varargs" or "kwargs":
                SpecialNames.Add(token.Text);
                break;
        }
        return new Name(token.Position, token.Text);
    }

    /// <summary>A string literal; literals in a row are one.</summary>
    private Constant ParseString()
    {
        Token first = tokens.Advance();
        if (tokens.Current.Kind != TokenKind.String)
            return new Constant(first.Position, new StringValue(first.Text));
        var text = new StringBuilder(first.Text);
        while (tokens.Current.Kind == TokenKind.String)
            text.Append(tokens.Advance().Text);
        return new Constant(first.Position, new StringValue(text.ToString()));
    }

    private ListLiteral ParseList()
    {
        Position position = tokens.ExpectOperator("[").Position;
        var items = new List<Expression>();
        while (!tokens.Current.IsOperator("]"))
        {
            if (items.Count > 0)
                tokens.ExpectOperator(",");
            if (tokens.Current.IsOperator("]"))
                break;
            items.Add(Parse());
        }
        tokens.ExpectOperator("]");
        return new ListLiteral(position, [.. items]);
    }

    private DictLiteral ParseDict()
    {
        Position position = tokens.ExpectOperator("{").Position;
        var items = new List<(Expression, Expression)>();
        while (!tokens.Current.IsOperator("}"))
        {
            if (items.Count > 0)
                tokens.ExpectOperator(",");
            if (tokens.Current.IsOperator("}"))
                break;
            Expression key = Parse();
            tokens.ExpectOperator(":");
            items.Add((key, Parse()));
        }
        tokens.ExpectOperator("}");
        return new DictLiteral(position, [.. items]);
    }

    private Expression ParseAttribute(Expression owner)
    {
        Position position = tokens.ExpectOperator(".").Position;
        Token token = tokens.Advance();
        return token.Kind switch
        {
            TokenKind.Name => new Attribute(position, owner, token.Text, new StringValue(token.Text)),
            TokenKind.Integer => new Item(position, owner, new Constant(token.Position, NumberLiteral.ParseInteger(token))),
            _ => throw tokens.Error("expected name or number", token.Position),
        };
    }

    private Expression ParseItem(Expression owner)
    {
        Position position = tokens.ExpectOperator("[").Position;
        var keys = new List<Expression>();
        Slice? slice = null;
        while (!tokens.Current.IsOperator("]"))
        {
            if (keys.Count > 0 || slice is not null)
                tokens.ExpectOperator(",");
            if (slice is not null)
                throw tokens.Error("a slice cannot be one of several keys");
            Expression? key = tokens.Current.IsOperator(":") ? null : Parse();
            if (!tokens.Current.IsOperator(":"))
                keys.Add(key!);
            else if (keys.Count > 0)
                throw tokens.Error("a slice cannot be one of several keys");
            else
                slice = ParseSlice(position, owner, key);
        }
        tokens.ExpectOperator("]");
        if (slice is not null)
            return slice;
        return new Item(position, owner, keys.Count == 1 ? keys[0] : new TupleLiteral(position, [.. keys]));
    }

    private Slice ParseSlice(Position position, Expression owner, Expression? start)
    {
        Expression? ParsePart() =>
            tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is ":" or "]" or "," ? null : Parse();
        tokens.ExpectOperator(":");
        Expression? stop = ParsePart();
        Expression? step = tokens.TryTakeOperator(":") ? ParsePart() : null;
        return new Slice(position, owner, start, stop, step);
    }

    /// <summary>The arguments of a call, with their parentheses.</summary>
    public ArgumentList ParseArguments()
    {
        Position position = tokens.ExpectOperator("(").Position;
        var arguments = new ArgumentListBuilder();
        bool needsComma = false;
        while (!tokens.Current.IsOperator(")"))
        {
            if (needsComma)
                tokens.ExpectOperator(",");
            if (needsComma && tokens.Current.IsOperator(")"))
                break;
            if (ParseArgument(arguments) is { } problem)
                throw tokens.Error(problem, position);
            needsComma = true;
        }
        tokens.ExpectOperator(")");
        return arguments.Build();
    }

    /// <summary>Takes one argument; says what is wrong with it in this place, or null.</summary>
    private string? ParseArgument(ArgumentListBuilder arguments)
    {
        if (tokens.TryTakeOperator("*"))
            return arguments.AddSpread(Parse());
        if (tokens.TryTakeOperator("**"))
            return arguments.AddNamedSpread(Parse());
        if (tokens.Current.Kind != TokenKind.Name || !tokens.Next.IsOperator("="))
            return arguments.Add(Parse());
        string name = tokens.Advance().Text;
        tokens.Advance();
        return arguments.AddNamed(name, Parse());
    }
}
