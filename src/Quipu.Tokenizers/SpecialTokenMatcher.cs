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
    /// <summary>
    /// Most bytes of a special token. Real ones have up to about 80; the bound keeps a hostile vocabulary from making the search
    /// quadratic.
    /// </summary>
    public const int LongestToken = 1024;

    /// <summary>What a byte of the text belongs to, beside the first of a token, which holds the id.</summary>
    private const int Text = -1, Taken = -2;

    private readonly Vocabulary _vocabulary;
    private readonly SearchValues<byte> _firstBytes;
    private readonly int _longest;
    private Node[] _nodes = new Node[256];
    private int _nodeCount = 1;

    /// <summary>Indexes the special tokens.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="parseSpecial">Whether control and unknown tokens are found too, not only user-defined ones.</param>
    public SpecialTokenMatcher(Vocabulary vocabulary, bool parseSpecial)
    {
        _vocabulary = vocabulary;
        for (int id = 0; id < vocabulary.Kinds.Length; id++)
        {
            var kind = vocabulary.Kinds[id];
            if (kind != TokenKind.UserDefined && !(parseSpecial && kind is TokenKind.Control or TokenKind.Unknown))
                continue;
            var piece = vocabulary.Pieces[id];
            Insert(piece, id);
            _longest = Math.Max(_longest, piece.Length);
        }
        _firstBytes = SearchValues.Create(FirstBytes());
    }

    /// <summary>Splits a text into special tokens and the text between them.</summary>
    public List<Fragment> Partition(ReadOnlySpan<byte> text)
    {
        List<Fragment> fragments = [];
        if (_longest == 0 || FindCandidates(text) is not { } candidates)
        {
            fragments.Add(new Fragment(0, text.Length, Text));
            return fragments;
        }
        int[] owners = new int[text.Length];
        owners.AsSpan().Fill(Text);
        Take(text, candidates, owners);
        for (int start = 0; start < owners.Length;)
        {
            int owner = owners[start];
            // A token ends with its piece; text and the white space that a token swallowed end where their owner changes.
            int run = owner >= 0 ? _vocabulary.Pieces[owner].Length : owners.AsSpan(start).IndexOfAnyExcept(owner);
            int length = run < 0 ? owners.Length - start : run;
            if (owner != Taken)
                fragments.Add(new Fragment(start, length, owner));
            start += length;
        }
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

    private void Take(ReadOnlySpan<byte> text, List<int>?[] candidates, Span<int> owners)
    {
        for (int length = _longest; length > 0; length--)
        {
            // Positions that longer tokens left to shorter ones were added out of order.
            candidates[length]?.Sort();
            foreach (int position in candidates[length] ?? [])
            {
                if (owners[position] != Text)
                    continue;
                int free = owners.Slice(position, length).IndexOfAnyExcept(Text);
                int fits = LongestAt(text.Slice(position, free < 0 ? length : free), out int id);
                if (fits == length)
                    TakePlace(text, owners, position, length, id);
                else if (fits > 0)
                    (candidates[fits] ??= []).Add(position);
            }
        }
    }

    private void TakePlace(ReadOnlySpan<byte> text, Span<int> owners, int position, int length, int id)
    {
        owners.Slice(position, length).Fill(Taken);
        owners[position] = id;
        if (!StripsRight(id))
            return;
        for (int i = position + length; i < text.Length && owners[i] == Text && IsBlank(text[i]); i++)
            owners[i] = Taken;
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
        for (int i = 0; i < text.Length && (node = FindChild(node, text[i])) > 0; i++)
        {
            if (_nodes[node].TokenPlusOne == 0)
                continue;
            id = _nodes[node].TokenPlusOne - 1;
            longest = i + 1;
        }
        return longest;
    }

    private int FindChild(int node, byte label)
    {
        int child = _nodes[node].FirstChild;
        while (child > 0 && _nodes[child].Label != label)
            child = _nodes[child].NextSibling;
        return child;
    }

    private void Insert(ReadOnlySpan<byte> piece, int id)
    {
        int node = 0;
        foreach (byte label in piece)
        {
            int child = FindChild(node, label);
            if (child == 0)
            {
                if (_nodeCount == _nodes.Length)
                    Grow();
                child = _nodeCount++;
                _nodes[child] = new Node { Label = label, NextSibling = _nodes[node].FirstChild };
                _nodes[node].FirstChild = child;
            }
            node = child;
        }
        _nodes[node].TokenPlusOne = id + 1;
    }

    private void Grow()
    {
        var larger = new Node[_nodes.Length * 2];
        _nodes.CopyTo(larger, 0);
        _nodes = larger;
    }

    private byte[] FirstBytes()
    {
        List<byte> bytes = [];
        for (int child = _nodes[0].FirstChild; child > 0; child = _nodes[child].NextSibling)
            bytes.Add(_nodes[child].Label);
        return [.. bytes];
    }

    /// <summary>A node of the trie. Node 0 is the root, so that 0 stands for no child and no sibling.</summary>
    private struct Node
    {
        public int FirstChild;
        public int NextSibling;
        public int TokenPlusOne;
        public byte Label;
    }
}
