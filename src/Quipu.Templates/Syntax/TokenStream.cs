namespace Quipu.Templates.Syntax;

/// <summary>Walks over a template's tokens.</summary>
internal sealed class TokenStream
{
    private readonly List<Token> _tokens;
    private int _at;

    public TokenStream(List<Token> tokens)
    {
        _tokens = tokens;
        Check();
    }

    public Token Current => _tokens[_at];

    public Position Position => Current.Position;

    /// <summary>The token after the current one.</summary>
    public Token Next => _tokens[Math.Min(_at + 1, _tokens.Count - 1)];

    public Token Advance()
    {
        Token token = Current;
        if (_at + 1 < _tokens.Count)
            _at++;
        Check();
        return token;
    }

    public bool TryTakeName(string name)
    {
        bool found = Current.IsName(name);
        if (found)
            Advance();
        return found;
    }

    public bool TryTakeOperator(string text)
    {
        bool found = Current.IsOperator(text);
        if (found)
            Advance();
        return found;
    }

    public Token ExpectName() => Current.Kind == TokenKind.Name ? Advance() : throw Unexpected("name");

    public Token ExpectName(string name) => Current.IsName(name) ? Advance() : throw Unexpected(name);

    public Token ExpectOperator(string text) => Current.IsOperator(text) ? Advance() : throw Unexpected(text);

    public Token Expect(TokenKind kind) => Current.Kind == kind ? Advance() : throw Unexpected(new Token(kind, "", default).Description);

    public TemplateException Error(string reason, Position? position = null) =>
        new(reason, TemplateErrorKind.Syntax, position ?? Position);

    private TemplateException Unexpected(string expected) => Error(Current.Kind == TokenKind.EndOfTemplate
        ? $"unexpected end of template, expected '{expected}'."
        : $"expected token '{expected}', got '{Current.Description}'");

    private void Check()
    {
        if (Current.Kind == TokenKind.Invalid)
            throw Error(Current.Text);
    }
}
