using System.Buffers;

namespace Quipu.Tokenizers;

/// <summary>A part of a text.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Token">The special token that it is, or −1 for text.</param>
internal readonly record struct Fragment(int Start, int Length, int Token);

/// <summary>
/// Finds special tokens in text. The longest come first: a longer one takes its place before a shorter one is looked for, even where
/// the shorter one begins sooner; tokens of one length take theirs from left to right. A trie and one pass over the positions for each
/// length keep it linear, however many tokens the vocabulary has.
/// </summary>
internal sealed class SpecialTokenMatcher
{
    /// <summary>Real special tokens have up to about 80 bytes; the bound keeps a hostile vocabulary from making the search quadratic.</summary>
    private const int LongestToken = 1024;

    private const byte Free = 0;
    private const byte Taken = 1;

    private readonly Vocabulary _vocabulary;
    private readonly List<Node> _nodes = [new(0, -1, -1, -1)];
    private readonly SearchValues<byte> _firstBytes;
    private readonly int _longest;

    /// <summary>Indexes the special tokens.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="parseSpecial">Whether control and unknown tokens are found too, not only user-defined ones.</param>
    public SpecialTokenMatcher(Vocabulary vocabulary, bool parseSpecial)
    {
        _vocabulary = vocabulary;
        HashSet<byte> firstBytes = [];
        for (int id = 0; id < vocabulary.Kinds.Length; id++)
        {
            var kind = vocabulary.Kinds[id];
            var piece = vocabulary.Pieces[id];
            if (piece.Length > LongestToken || !(kind == TokenKind.UserDefined || (parseSpecial && kind is TokenKind.Control or TokenKind.Unknown)))
                continue;
            Insert(piece, id);
            firstBytes.Add(piece[0]);
            _longest = Math.Max(_longest, piece.Length);
        }
        _firstBytes = SearchValues.Create([.. firstBytes]);
    }

    /// <summary>Splits a text into special tokens and the text between them.</summary>
    public List<Fragment> Partition(ReadOnlySpan<byte> text)
    {
        List<Fragment> fragments = [];
        if (_longest == 0 || FindCandidates(text) is not { } candidates)
        {
            fragments.Add(new Fragment(0, text.Length, -1));
            return fragments;
        }
        var taken = Take(text, candidates);
        taken.Sort((a, b) => a.Start.CompareTo(b.Start));
        int start = 0;
        foreach (var token in taken)
        {
            if (token.Start > start)
                fragments.Add(new Fragment(start, token.Start - start, -1));
            fragments.Add(token);
            start = token.Start + token.Length;
            if (StripsRight(token.Token))
                while (start < text.Length && IsBlank(text[start]))
                    start++;
        }
        if (start < text.Length)
            fragments.Add(new Fragment(start, text.Length - start, -1));
        return fragments;
    }

    /// <summary>The positions at which a token fits, by the length of the longest that does; null where there are none.</summary>
    private List<int>?[]? FindCandidates(ReadOnlySpan<byte> text)
    {
        List<int>?[]? candidates = null;
        for (int position = 0; position < text.Length; position++)
        {
            int next = text[position..].IndexOfAny(_firstBytes);
            if (next < 0)
                break;
            position += next;
            int length = LongestAt(text[position..], out _);
            if (length > 0)
                ((candidates ??= new List<int>?[_longest + 1])[length] ??= []).Add(position);
        }
        return candidates;
    }

    private List<Fragment> Take(ReadOnlySpan<byte> text, List<int>?[] candidates)
    {
        List<Fragment> taken = [];
        byte[] places = new byte[text.Length];
        for (int length = _longest; length > 0; length--)
        {
            // Positions that longer tokens left to shorter ones were added out of order.
            candidates[length]?.Sort();
            foreach (int position in candidates[length] ?? [])
            {
                if (places[position] != Free)
                    continue;
                int free = places.AsSpan(position, length).IndexOf(Taken);
                if (free < 0)
                {
                    LongestAt(text.Slice(position, length), out int id);
                    taken.Add(new Fragment(position, length, id));
                    places.AsSpan(position, length).Fill(Taken);
                    if (StripsRight(id))
                        TakeBlanks(text, places, position + length);
                }
                else if (LongestAt(text.Slice(position, free), out _) is > 0 and int shorter)
                {
                    (candidates[shorter] ??= []).Add(position);
                }
            }
        }
        return taken;
    }

    private static void TakeBlanks(ReadOnlySpan<byte> text, byte[] places, int position)
    {
        for (; position < text.Length && places[position] == Free && IsBlank(text[position]); position++)
            places[position] = Taken;
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    /// <summary>Whether a token takes the white space behind it: in vocabularies that do so, all but three.</summary>
    private bool StripsRight(int id) =>
        _vocabulary.SpecialsStripRight && _vocabulary.Pieces.GetString(id) is not ("<unk>" or "<s>" or "<|endoftext|>");

    /// <summary>Length of the longest token that the text begins with, or 0.</summary>
    private int LongestAt(ReadOnlySpan<byte> text, out int id)
    {
        id = -1;
        int longest = 0;
        int node = 0;
        for (int i = 0; i < text.Length && (node = FindChild(node, text[i])) >= 0; i++)
        {
            if (_nodes[node].Token < 0)
                continue;
            id = _nodes[node].Token;
            longest = i + 1;
        }
        return longest;
    }

    private int FindChild(int node, byte label)
    {
        for (int child = _nodes[node].FirstChild; child >= 0; child = _nodes[child].NextSibling)
            if (_nodes[child].Label == label)
                return child;
        return -1;
    }

    private void Insert(ReadOnlySpan<byte> piece, int id)
    {
        int node = 0;
        foreach (byte label in piece)
        {
            int child = FindChild(node, label);
            if (child < 0)
            {
                child = _nodes.Count;
                _nodes.Add(new Node(label, -1, _nodes[node].FirstChild, -1));
                _nodes[node] = _nodes[node] with { FirstChild = child };
            }
            node = child;
        }
        _nodes[node] = _nodes[node] with { Token = id };
    }

    /// <summary>A node of the trie; −1 stands for none.</summary>
    private readonly record struct Node(byte Label, int FirstChild, int NextSibling, int Token);
}
