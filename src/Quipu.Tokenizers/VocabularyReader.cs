using System.Text;
using Quipu.Gguf;
using Quipu.Tokenizers.PreTokenizers;

namespace Quipu.Tokenizers;

/// <summary>Takes a vocabulary from a model's metadata and checks it.</summary>
/// <param name="metadata">The model's metadata.</param>
internal sealed class VocabularyReader(GgufMetadata metadata)
{
    private const string Prefix = "tokenizer.ggml.";

    private readonly GgufMetadata _metadata = metadata;

    /// <summary>Reads the vocabulary and makes its tokenizer.</summary>
    /// <exception cref="TokenizerException">The vocabulary is damaged or of a kind that is not supported.</exception>
    public Tokenizer Read()
    {
        try
        {
            string model = _metadata.GetString(Prefix + "model");
            return model switch
            {
                "llama" => ReadSentencePiece(),
                "gpt2" => ReadByteLevel(),
                _ => throw new TokenizerException(
                    $"tokenizer.ggml.model is {PieceText.Quote(model)}. " +
                    "Supported are llama (SentencePiece BPE) and gpt2 (byte-level BPE)."),
            };
        }
        catch (GgufException error)
        {
            throw new TokenizerException(error.Message, error);
        }
    }

    private SentencePieceTokenizer ReadSentencePiece()
    {
        var pieces = ReadPieces();
        float[] scores = ReadScores(pieces.Count);
        var vocabulary = ReadVocabulary(pieces, new Defaults(Bos: 1, Eos: 2, Unknown: 0, AddBos: true, AddSpacePrefix: true));
        return new SentencePieceTokenizer(vocabulary, scores);
    }

    private ByteLevelTokenizer ReadByteLevel()
    {
        string name = _metadata.GetStringOrNull(Prefix + "pre") ?? "";
        if (!PreTokenizer.TryFind(name, out var preTokenizer))
            throw new TokenizerException($"tokenizer.ggml.pre is {PieceText.Quote(name)}. Supported are {PreTokenizer.SupportedNames}.");
        var pieces = ReadPieces();
        var merges = _metadata.GetStringArray(Prefix + "merges");
        var vocabulary = ReadVocabulary(pieces, new Defaults(null, null, null, preTokenizer.AddBos, AddSpacePrefix: false));
        return new ByteLevelTokenizer(vocabulary, new MergeTable(merges, pieces, vocabulary.Table), preTokenizer);
    }

    private Vocabulary ReadVocabulary(GgufStringArray pieces, Defaults defaults)
    {
        var kinds = ReadKinds(pieces);
        var table = new PieceTable(pieces);
        int? bos = ReadId("bos_token_id", pieces.Count) ?? IfPresent(defaults.Bos, pieces.Count);
        int? eos = ReadId("eos_token_id", pieces.Count) ?? IfPresent(defaults.Eos, pieces.Count);
        int? eot = ReadId("eot_token_id", pieces.Count);
        var ends = KnownPieces.FindEndOfGeneration(
            text => table.Find(Encoding.UTF8.GetBytes(text)), part => ReadId(part + "_token_id", pieces.Count), kinds, eos, ref eot);
        CheckSpecialTokens(pieces, kinds, table);
        return new Vocabulary(pieces, kinds, table)
        {
            Bos = bos,
            Eos = eos,
            Eot = eot,
            Unknown = ReadId("unknown_token_id", pieces.Count) ?? IfPresent(defaults.Unknown, pieces.Count),
            Padding = ReadId("padding_token_id", pieces.Count),
            AddBos = ReadAdd("add_bos_token", defaults.AddBos, bos, "bos_token_id"),
            AddEos = ReadAdd("add_eos_token", false, eos, "eos_token_id"),
            // Byte-level BPE writes blanks as they are: the flag has no meaning there, though some files have it.
            AddSpacePrefix = defaults.AddSpacePrefix && (_metadata.GetBooleanOrNull(Prefix + "add_space_prefix") ?? true),
            SpecialsStripRight = NamesPhi3(),
            EndOfGeneration = ends,
        };
    }

    private GgufStringArray ReadPieces()
    {
        var pieces = _metadata.GetStringArray(Prefix + "tokens");
        return pieces.Count > 0 ? pieces : throw new TokenizerException("tokenizer.ggml.tokens is empty: the model has no vocabulary.");
    }

    private float[] ReadScores(int count)
    {
        float[] scores = _metadata.GetSingles(Prefix + "scores");
        CheckLength("scores", scores.Length, count);
        int damaged = scores.AsSpan().IndexOf(float.NaN);
        return damaged < 0 ? scores : throw new TokenizerException($"tokenizer.ggml.scores: the score of piece {damaged} is not a number.");
    }

    private TokenKind[] ReadKinds(GgufStringArray pieces)
    {
        var kinds = new TokenKind[pieces.Count];
        if (_metadata.GetInt32sOrNull(Prefix + "token_type") is not { } types)
        {
            Array.Fill(kinds, TokenKind.Normal);
            return kinds;
        }
        CheckLength("token_type", types.Length, pieces.Count);
        for (int id = 0; id < kinds.Length; id++)
        {
            kinds[id] = types[id] is > 0 and <= (int)TokenKind.Byte ? (TokenKind)types[id] : TokenKind.Undefined;
            if (kinds[id] == TokenKind.Byte && !BytePiece.TryParse(pieces[id], out _))
                throw new TokenizerException(
                    $"tokenizer.ggml.tokens: piece {id}, {PieceText.Quote(pieces[id])}, should be a byte written as <0xNN>.");
        }
        return kinds;
    }

    private int? ReadId(string key, int count)
    {
        if (_metadata.GetInt64OrNull(Prefix + key) is not { } id)
            return null;
        // Some writers say "none" with the largest 32-bit number.
        if (id is uint.MaxValue or -1)
            return null;
        return id >= 0 && id < count
            ? (int)id
            : throw new TokenizerException($"{Prefix}{key} is {id}, but the vocabulary has {count} pieces, 0 to {count - 1}.");
    }

    private bool ReadAdd(string key, bool byDefault, int? id, string idKey)
    {
        bool add = _metadata.GetBooleanOrNull(Prefix + key) ?? byDefault;
        return !add || id is not null
            ? add
            : throw new TokenizerException($"{Prefix}{key} asks for a token, but {Prefix}{idKey} doesn't say which.");
    }

    /// <summary>Phi-3's files don't say that its special tokens swallow the white space behind them; the model's name does.</summary>
    private bool NamesPhi3()
    {
        string name = _metadata.GetStringOrNull("general.name") ?? "";
        return name.Contains("phi-3", StringComparison.OrdinalIgnoreCase) || name.Contains("phi3", StringComparison.OrdinalIgnoreCase);
    }

    private static void CheckSpecialTokens(GgufStringArray pieces, TokenKind[] kinds, PieceTable table)
    {
        if (table.LongestPiece <= SpecialTokenMatcher.LongestToken)
            return;
        for (int id = 0; id < kinds.Length; id++)
        {
            int length = pieces[id].Length;
            bool special = kinds[id] is TokenKind.Control or TokenKind.UserDefined or TokenKind.Unknown;
            if (special && length > SpecialTokenMatcher.LongestToken)
                throw new TokenizerException(
                    $"tokenizer.ggml.tokens: piece {id} is a special token of {length} bytes; " +
                    $"at most {SpecialTokenMatcher.LongestToken} are supported.");
        }
    }

    private static int? IfPresent(int? id, int count) => id < count ? id : null;

    private static void CheckLength(string key, int length, int count)
    {
        if (length != count)
            throw new TokenizerException(
                $"{Prefix}{key} has {length} elements, but tokenizer.ggml.tokens has {count}. The vocabulary is damaged.");
    }

    /// <summary>What holds where the file doesn't say.</summary>
    private sealed record Defaults(int? Bos, int? Eos, int? Unknown, bool AddBos, bool AddSpacePrefix);
}
