using System.Text;
using Quipu.Tokenizers;

namespace Quipu.Engine.Sampling;

/// <summary>
/// The ways in which a sequence breaker may lie over tokens: a head, the token in which it begins (or which holds it
/// whole), and a tail, the tokens that the rest of the breaker is encoded to.
/// </summary>
internal sealed class DrySequenceBreakers
{
    // llama.cpp's limits: what is longer is cut.
    private const int MaximumBytes = 40;
    private const int MaximumTail = 20;

    private readonly Dictionary<int, List<int[]>> _tails = [];

    /// <summary>Finds the heads and tails of breakers in a vocabulary.</summary>
    /// <param name="breakers">The texts; none may be empty.</param>
    /// <param name="vocabularySize">Number of tokens.</param>
    /// <param name="bytes">The bytes that a token stands for, control tokens written out.</param>
    /// <param name="encode">The tokens of a text in UTF-8, without special ones.</param>
    public DrySequenceBreakers(
        IEnumerable<string> breakers, int vocabularySize, Func<int, ReadOnlyMemory<byte>> bytes, Func<byte[], int[]> encode)
    {
        byte[][] texts = [.. breakers.Select(Cut)];
        if (texts.Length == 0)
            return;
        for (int token = 0; token < vocabularySize; token++)
        {
            ReadOnlySpan<byte> word = bytes(token).Span;
            foreach (byte[] text in texts)
                AddOverlaps(token, word, text, encode);
        }
    }

    /// <summary>Finds the heads and tails of breakers in a tokenizer's vocabulary.</summary>
    public static DrySequenceBreakers Find(IEnumerable<string> breakers, Tokenizer tokenizer) => new(
        breakers,
        tokenizer.VocabularySize,
        id => tokenizer.Bytes(id, renderSpecial: true),
        text => tokenizer.Encode(text, addSpecial: false, parseSpecial: false));

    /// <summary>No breakers.</summary>
    public static DrySequenceBreakers None { get; } = new([], 0, _ => default, _ => []);

    /// <summary>
    /// Length of the longest tail that follows the token at a distance from the text's end; 0 where the token is a
    /// breaker by itself, −1 where none begins there.
    /// </summary>
    public int LongestTail(ReadOnlySpan<int> newestFirst, int distance)
    {
        if (!_tails.TryGetValue(newestFirst[distance], out List<int[]>? tails))
            return -1;
        int longest = -1;
        foreach (int[] tail in tails)
            if (tail.Length > longest && Follows(newestFirst, distance, tail))
                longest = tail.Length;
        return longest;
    }

    /// <summary>Whether a token holds or ends a breaker by itself.</summary>
    public bool IsBreaker(int token) => _tails.TryGetValue(token, out List<int[]>? tails) && tails.Exists(tail => tail.Length == 0);

    private static bool Follows(ReadOnlySpan<int> newestFirst, int distance, int[] tail)
    {
        if (tail.Length > distance)
            return false;
        for (int i = 0; i < tail.Length; i++)
            if (newestFirst[distance - 1 - i] != tail[i])
                return false;
        return true;
    }

    private void AddOverlaps(int token, ReadOnlySpan<byte> word, byte[] text, Func<byte[], int[]> encode)
    {
        if (word.IndexOf(text) >= 0)
        {
            Add(token, []);
            return;
        }
        for (int start = Math.Max(0, word.Length - text.Length + 1); start < word.Length; start++)
        {
            int overlap = word.Length - start;
            if (!word[start..].SequenceEqual(text.AsSpan(0, overlap)))
                continue;
            int[] tail = encode(text[overlap..]);
            Add(token, tail.Length > MaximumTail ? tail[..MaximumTail] : tail);
        }
    }

    private void Add(int token, int[] tail)
    {
        if (!_tails.TryGetValue(token, out List<int[]>? tails))
            _tails.Add(token, tails = []);
        if (!tails.Exists(other => other.AsSpan().SequenceEqual(tail)))
            tails.Add(tail);
    }

    private static byte[] Cut(string breaker)
    {
        byte[] text = Encoding.UTF8.GetBytes(breaker);
        return text.Length > MaximumBytes ? text[..MaximumBytes] : text;
    }
}
