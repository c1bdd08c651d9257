using System.Text;
using Quipu.Tokenizers;

namespace Quipu.Cli.Chat;

/// <summary>The texts of a vocabulary's control tokens, such as the mark that ends a turn.</summary>
internal sealed class ControlPieces
{
    // Invisible, and in no control token.
    private const char Divider = '\u200B';

    private readonly Dictionary<char, List<(string Piece, int Id)>> _byFirst = [];

    /// <summary>Collects the control tokens of a vocabulary.</summary>
    public ControlPieces(Tokenizer tokenizer)
    {
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            if (tokenizer.Kind(id) is not (TokenKind.Control or TokenKind.Unknown) || tokenizer.Piece(id) is not { Length: > 0 } piece)
                continue;
            if (!_byFirst.TryGetValue(piece[0], out var pieces))
                _byFirst.Add(piece[0], pieces = []);
            pieces.Add((piece, id));
        }
        foreach (var pieces in _byFirst.Values)
            pieces.Sort((left, right) => right.Piece.Length.CompareTo(left.Piece.Length));
    }

    /// <summary>The longest control token that the text begins with; length 0 where there is none.</summary>
    public (int Length, int Id) MatchStart(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !_byFirst.TryGetValue(text[0], out var pieces))
            return default;
        foreach (var (piece, id) in pieces)
            if (text.StartsWith(piece, StringComparison.Ordinal))
                return (piece.Length, id);
        return default;
    }

    /// <summary>The text with an invisible blank in every control token's name, so that none is left.</summary>
    public string Break(string text)
    {
        StringBuilder? broken = null;
        for (int i = 0; i < text.Length; i++)
        {
            int length = MatchStart(text.AsSpan(i)).Length;
            if (length > 0)
                broken ??= new StringBuilder(text, 0, i, text.Length + 16);
            if (length != 1)
                broken?.Append(text[i]);
            if (length > 0)
                broken?.Append(Divider);
        }
        return broken?.ToString() ?? text;
    }
}
