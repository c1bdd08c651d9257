namespace Quipu.Templates.Syntax;

/// <summary>Reads a template's text, tags and blocks into its tree.</summary>
internal sealed partial class StatementParser
{
    private static readonly Dictionary<string, Func<StatementParser, Position, Statement>> Tags = new()
    {
        ["if"] = (p, at) => p.ParseIf(at),
        ["for"] = (p, at) => p.ParseFor(at),
        ["set"] = (p, at) => p.ParseSet(at),
        ["with"] = (p, at) => p.ParseWith(at),
        ["macro"] = (p, at) => p.ParseMacro(at),
        ["call"] = (p, at) => p.ParseCall(at),
        ["filter"] = (p, at) => p.ParseFilter(at),
        ["generation"] = (p, at) => p.ParseGeneration(at),
        ["block"] = (p, at) => p.ParseBlock(at),
        ["print"] = (p, at) => p.ParsePrint(at),
        ["break"] = (p, at) => p.InLoop(new Break(at), "break"),
        ["continue"] = (p, at) => p.InLoop(new Continue(at), "continue"),
        ["include"] = (p, at) => p.ParseLoad(at, "include"),
        ["import"] = (p, at) => p.ParseLoad(at, "import"),
        ["from"] = (p, at) => p.ParseLoad(at, "from"),
        ["extends"] = (p, at) => p.ParseLoad(at, "extends"),
    };

    private readonly TokenStream _tokens;
    private readonly ExpressionParser _expressions;
    private readonly Dictionary<string, NamedBlock> _blocks = [];

    /// <summary>The open blocks: their tag, its place, and the tags that go on or end them.</summary>
    private readonly Stack<(string Tag, Position Position, string[] Ends)> _open = new();
    private int _loops;

    private StatementParser(TokenStream tokens, TemplateLimits limits)
    {
        _tokens = tokens;
        _expressions = new ExpressionParser(tokens, limits);
    }

    /// <summary>Parses a whole template.</summary>
    /// <exception cref="TemplateException">The template is not well formed.</exception>
    public static TemplateNode Parse(string source, TemplateLimits limits)
    {
        if (source.Length > limits.MaxSourceLength)
            throw new TemplateException(
                $"the template has {source.Length} characters; {limits.MaxSourceLength} are the most", TemplateErrorKind.Limit);
        var parser = new StatementParser(new TokenStream(Lexer.Tokenize(source)), limits);
        Statement[] body = parser.ParseUntil([]);
        parser._expressions.Deferred.Check();
        return new TemplateNode(body, parser._blocks);
    }

    /// <summary>Statements up to one of the tags, which stays the current token; without tags, to the end of the template.</summary>
    private Statement[] ParseUntil(string[] ends)
    {
        var body = new List<Statement>();
        while (true)
        {
            Token token = _tokens.Current;
            switch (token.Kind)
            {
                case TokenKind.Text:
                    _tokens.Advance();
                    body.Add(new Literal(token.Position, token.Text));
                    break;
                case TokenKind.PrintBegin:
                    _tokens.Advance();
                    body.Add(new Print(token.Position, _expressions.ParseTuple()));
                    _tokens.Expect(TokenKind.PrintEnd);
                    break;
                case TokenKind.BlockBegin:
                    _tokens.Advance();
                    if (_tokens.Current.Kind == TokenKind.Name && Array.IndexOf(ends, _tokens.Current.Text) >= 0)
                        return [.. body];
                    body.Add(ParseTag());
                    _tokens.Expect(TokenKind.BlockEnd);
                    break;
                default:
                    return ends.Length == 0 ? [.. body] : throw MissingEnd();
            }
        }
    }

    private Statement ParseTag()
    {
        Token tag = _tokens.Current;
        if (tag.Kind != TokenKind.Name)
            throw _tokens.Error("tag name expected");
        if (!Tags.TryGetValue(tag.Text, out var parse))
            throw UnknownTag(tag.Text);
        _tokens.Advance();
        _expressions.Enter();
        Statement statement = parse(this, tag.Position);
        _expressions.Leave();
        return statement;
    }

    /// <summary>The rest of an opening tag and the body after it, up to one of the tags that end it.</summary>
    private Statement[] ParseBody(string tag, Position position, params string[] ends)
    {
        _tokens.TryTakeOperator(":");
        _tokens.Expect(TokenKind.BlockEnd);
        _open.Push((tag, position, ends));
        Statement[] body = ParseUntil(ends);
        _open.Pop();
        return body;
    }

    /// <summary>A body in which names that do not exist fail at once, even inside an if statement.</summary>
    private Statement[] ParseScopedBody(string tag, Position position, params string[] ends)
    {
        bool conditional = _expressions.Deferred.IsConditional;
        _expressions.Deferred.IsConditional = false;
        Statement[] body = ParseBody(tag, position, ends);
        _expressions.Deferred.IsConditional = conditional;
        return body;
    }

    /// <summary>A scoped body that <c>break</c> and <c>continue</c> cannot leave.</summary>
    private Statement[] ParseDetachedBody(string tag, Position position, string end)
    {
        int loops = _loops;
        _loops = 0;
        Statement[] body = ParseScopedBody(tag, position, end);
        _loops = loops;
        _tokens.ExpectName(end);
        return body;
    }

    private Statement InLoop(Statement statement, string tag)
    {
        if (_loops == 0)
            _expressions.Deferred.Add($"'{tag}' outside of a loop", statement.Position);
        return statement;
    }

    private TemplateException MissingEnd()
    {
        (string tag, Position position, string[] ends) = _open.Peek();
        return _tokens.Error($"Unexpected end of template: '{tag}' from line {position.Line} still needs {List(ends)}");
    }

    private TemplateException UnknownTag(string name)
    {
        if (!_open.TryPeek(out var open))
            return _tokens.Error($"unknown tag '{name}'");
        return _tokens.Error($"unknown tag '{name}': '{open.Tag}' from line {open.Position.Line} is open and needs {List(open.Ends)}");
    }

    private static string List(string[] names) => string.Join(" or ", names.Select(name => $"'{name}'"));
}
