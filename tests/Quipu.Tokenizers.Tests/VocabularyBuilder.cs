using System.Text;
using Quipu.Gguf;

namespace Quipu.Tokenizers.Tests;

/// <summary>Small vocabularies made by hand, as the metadata of a file.</summary>
internal sealed class VocabularyBuilder
{
    private readonly Dictionary<string, GgufValue> _values = [];

    public VocabularyBuilder Set(string key, GgufValue value)
    {
        _values[key.Contains('.', StringComparison.Ordinal) ? key : "tokenizer.ggml." + key] = value;
        return this;
    }

    public VocabularyBuilder Remove(string key)
    {
        _values.Remove("tokenizer.ggml." + key);
        return this;
    }

    public Tokenizer Build() => Tokenizer.FromGguf(new GgufMetadata(_values));

    /// <summary>unk, s, /s, the 256 bytes, then the given pieces with falling scores.</summary>
    public static VocabularyBuilder SentencePiece(params ReadOnlySpan<string> pieces)
    {
        List<(string Piece, float Score, TokenKind Kind)> all =
        [
            ("<unk>", 0, TokenKind.Unknown), ("<s>", 0, TokenKind.Control), ("</s>", 0, TokenKind.Control),
            .. Enumerable.Range(0, 256).Select(value => ($"<0x{value:X2}>", 0f, TokenKind.Byte)),
        ];
        foreach (string piece in pieces)
            all.Add((piece, -all.Count, TokenKind.Normal));
        return new VocabularyBuilder()
            .Set("model", GgufValue.From("llama"))
            .Set("tokens", GgufValue.From([.. all.Select(item => item.Piece)]))
            .Set("scores", GgufValue.FromArray<float>([.. all.Select(item => item.Score)]))
            .Set("token_type", GgufValue.FromArray<int>([.. all.Select(item => (int)item.Kind)]));
    }

    /// <summary>The 256 bytes, the results of the merges, then the special pieces.</summary>
    public static VocabularyBuilder ByteLevel(string pre, string[] merges, params (string Piece, TokenKind Kind)[] special)
    {
        List<string> pieces = [];
        byte[] letter = new byte[ByteAlphabet.MaximumLength];
        for (int value = 0; value < 256; value++)
            pieces.Add(Encoding.UTF8.GetString(letter.AsSpan(0, ByteAlphabet.Write([(byte)value], letter))));
        foreach (string merge in merges)
            if (!pieces.Contains(merge.Replace(" ", "", StringComparison.Ordinal)))
                pieces.Add(merge.Replace(" ", "", StringComparison.Ordinal));
        int[] kinds = [.. pieces.Select(_ => (int)TokenKind.Normal), .. special.Select(item => (int)item.Kind)];
        pieces.AddRange(special.Select(item => item.Piece));
        return new VocabularyBuilder()
            .Set("model", GgufValue.From("gpt2"))
            .Set("pre", GgufValue.From(pre))
            .Set("tokens", GgufValue.From(pieces))
            .Set("merges", GgufValue.From(merges))
            .Set("token_type", GgufValue.FromArray<int>(kinds));
    }
}
