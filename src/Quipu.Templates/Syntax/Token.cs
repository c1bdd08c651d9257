namespace Quipu.Templates.Syntax;

/// <summary>The kinds of piece a template's source is cut into.</summary>
internal enum TokenKind
{
    Text,
    PrintBegin,
    PrintEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    EndOfTemplate,

    /// <summary>The lexer could not go on here; the text says why. It fails when the parser comes to it: earlier errors win.</summary>
    Invalid,
}

/// <summary>A piece of a template: its kind, its text (a string literal's is unescaped) and where it began.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, Position Position)
{
    /// <summary>How the token is named in messages.</summary>
    public string Description => Kind switch
    {
        TokenKind.Text => "template data / text",
        TokenKind.PrintBegin => "begin of print statement",
        TokenKind.PrintEnd => "end of print statement",
        TokenKind.BlockBegin => "begin of statement block",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.String => "string",
        TokenKind.Integer => "integer",
        TokenKind.Float => "float",
        TokenKind.EndOfTemplate => "end of template",
        _ => Text,
    };

    public bool IsOperator(string text) => Kind == TokenKind.Operator && Text == text;

    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;
}
