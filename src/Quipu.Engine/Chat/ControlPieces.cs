using System.Buffers;
using Quipu.Tokenizers;

namespace Quipu.Engine.Chat;

/// <summary>The texts of a vocabulary's control tokens, such as the mark that ends a turn. Some vocabularies have thousands.</summary>
internal sealed class ControlPieces
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _beginnings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _endings = new(StringComparer.Ordinal);
    private readonly int[] _lengths; // of pieces, the longest first
    private readonly SearchValues<char> _firstLetters;

    /// <summary>Collects the control tokens of a vocabulary.</summary>
    public ControlPieces(Tokenizer tokenizer)
    {
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            if (tokenizer.Kind(id) is not (TokenKind.Control or TokenKind.Unknown) || tokenizer.Piece(id) is not { Length: > 0 } piece)
                continue;
            _ids.TryAdd(piece, id);
            for (int length = 1; length < piece.Length; length++)
            {
                _beginnings.Add(piece[..length]);
                _endings.Add(piece[length..]);
            }
        }
        _lengths = [.. _ids.Keys.Select(piece => piece.Length).Distinct().OrderDescending()];
        _firstLetters = SearchValues.Create([.. _ids.Keys.Select(piece => piece[0]).Distinct()]);
    }

    /// <summary>The first control token of a text, the longest of those that begin there; length 0 where there is none.</summary>
    public (int Start, int Length, int Id) Find(ReadOnlySpan<char> text)
    {
        var lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int at = 0; text[at..].IndexOfAny(_firstLetters) is >= 0 and int ahead; at++)
        {
            at += ahead;
            foreach (int length in _lengths)
                if (length <= text.Length - at && lookup.TryGetValue(text.Slice(at, length), out int id))
                    return (at, length, id);
        }
        return default;
    }

    /// <summary>Whether a text ends with the beginning of a control token, which what follows could complete.</summary>
    public bool EndsWithBeginning(ReadOnlySpan<char> text)
    {
        var lookup = _beginnings.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int length = LongestPart(text); length > 0; length--)
            if (lookup.Contains(text[^length..]))
                return true;
        return false;
    }

    /// <summary>Whether a text begins with the end of a control token, which what precedes could begin.</summary>
    public bool BeginsWithEnding(ReadOnlySpan<char> text)
    {
        var lookup = _endings.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int length = LongestPart(text); length > 0; length--)
            if (lookup.Contains(text[..length]))
                return true;
        return false;
    }

    private int LongestPart(ReadOnlySpan<char> text) => _lengths.Length == 0 ? 0 : Math.Min(_lengths[0] - 1, text.Length);
}
