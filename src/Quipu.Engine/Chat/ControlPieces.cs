using Quipu.Tokenizers;

namespace Quipu.Engine.Chat;

/// <summary>The texts of a vocabulary's control tokens, such as the mark that ends a turn.</summary>
internal sealed class ControlPieces
{
    private readonly Dictionary<char, List<(string Piece, int Id)>> _byFirst = [];
    private readonly HashSet<string> _beginnings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _endings = new(StringComparer.Ordinal);
    private readonly int _longest;

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
            _longest = Math.Max(_longest, piece.Length);
            for (int length = 1; length < piece.Length; length++)
            {
                _beginnings.Add(piece[..length]);
                _endings.Add(piece[length..]);
            }
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

    /// <summary>Whether a text ends with the beginning of a control token, which what follows could complete.</summary>
    public bool EndsWithBeginning(ReadOnlySpan<char> text)
    {
        var lookup = _beginnings.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int length = Math.Min(_longest - 1, text.Length); length > 0; length--)
            if (lookup.Contains(text[^length..]))
                return true;
        return false;
    }

    /// <summary>Whether a text begins with the end of a control token, which what precedes could begin.</summary>
    public bool BeginsWithEnding(ReadOnlySpan<char> text)
    {
        var lookup = _endings.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int length = Math.Min(_longest - 1, text.Length); length > 0; length--)
            if (lookup.Contains(text[..length]))
                return true;
        return false;
    }
}
