using System.Buffers.Binary;

namespace Quipu.Tokenizers;

/// <summary>
/// The bytes of all tokens that stand for text, as a tree: a node for each beginning of a token, in the order in which a walk meets them,
/// children by their byte, below their parent. A walk that does not want the tokens below a node goes on at the node's
/// <see cref="Ends"/>. Control tokens are not in it. Immutable.
/// </summary>
public sealed class TokenTrie
{
    private readonly byte[] _bytes;
    private readonly ushort[] _depths;
    private readonly int[] _ends;
    private readonly int[] _firstTokens;
    private readonly int[] _tokens;

    internal TokenTrie(Tokenizer tokenizer)
    {
        var pieces = Sorted(tokenizer);
        _tokens = [.. pieces.Select(piece => piece.Token)];
        List<byte> bytes = [];
        List<ushort> depths = [];
        List<int> ends = [];
        List<int> firstTokens = [];
        var open = new Stack<int>();
        ReadOnlySpan<byte> last = [];
        for (int i = 0; i < pieces.Length; i++)
        {
            var text = pieces[i].Text.Span;
            int shared = last.CommonPrefixLength(text);
            while (open.Count > shared)
                ends[open.Pop()] = bytes.Count;
            for (int depth = shared; depth < text.Length; depth++)
            {
                open.Push(bytes.Count);
                bytes.Add(text[depth]);
                depths.Add((ushort)(depth + 1));
                ends.Add(0);
                firstTokens.Add(i);
            }
            last = text;
        }
        while (open.Count > 0)
            ends[open.Pop()] = bytes.Count;
        firstTokens.Add(pieces.Length);
        (_bytes, _depths, _ends, _firstTokens) = ([.. bytes], [.. depths], [.. ends], [.. firstTokens]);
        LongestToken = depths.Count == 0 ? 0 : depths.Max();
    }

    /// <summary>Nodes, without a root.</summary>
    public int Count => _bytes.Length;

    /// <summary>Bytes of the longest token.</summary>
    public int LongestToken { get; }

    /// <summary>The last byte of each node.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>How many bytes lead to each node, at least one.</summary>
    public ReadOnlySpan<ushort> Depths => _depths;

    /// <summary>The first node after each node that is not below it.</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>Where the tokens that end at each node begin in <see cref="Tokens"/>; they end where those of the next node begin.</summary>
    public ReadOnlySpan<int> FirstTokens => _firstTokens;

    /// <summary>Token ids.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    // The first eight bytes decide nearly all comparisons, and integers are compared at once.
    private static (ReadOnlyMemory<byte> Text, int Token)[] Sorted(Tokenizer tokenizer)
    {
        List<(ReadOnlyMemory<byte> Text, int Token)> pieces = new(tokenizer.VocabularySize);
        for (int token = 0; token < tokenizer.VocabularySize; token++)
            if (tokenizer.Bytes(token, renderSpecial: false) is { IsEmpty: false } text && text.Length <= ushort.MaxValue)
                pieces.Add((text, token));
        ulong[] keys = new ulong[pieces.Count];
        Span<byte> first = stackalloc byte[8];
        for (int i = 0; i < keys.Length; i++)
        {
            first.Clear();
            var text = pieces[i].Text.Span;
            text[..Math.Min(8, text.Length)].CopyTo(first);
            keys[i] = BinaryPrimitives.ReadUInt64BigEndian(first);
        }
        (ReadOnlyMemory<byte> Text, int Token)[] sorted = [.. pieces];
        Array.Sort(keys, sorted);
        for (int start = 0; start < sorted.Length;)
        {
            int end = start + 1;
            while (end < sorted.Length && keys[end] == keys[start])
                end++;
            if (end - start > 1)
                sorted.AsSpan(start, end - start).Sort((left, right) =>
                    left.Text.Span.SequenceCompareTo(right.Text.Span) is not 0 and int order ? order : left.Token.CompareTo(right.Token));
            start = end;
        }
        return sorted;
    }
}
