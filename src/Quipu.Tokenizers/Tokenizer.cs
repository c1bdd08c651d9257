using System.Runtime.InteropServices;
using System.Text;
using Quipu.Gguf;

namespace Quipu.Tokenizers;

/// <summary>
/// Turns text into the ids of a model's vocabulary and back, as llama.cpp does. Immutable: any number of threads may use one.
/// </summary>
public abstract class Tokenizer
{
    private readonly byte[]?[] _bytes;
    private SpecialTokenMatcher? _userDefined;
    private SpecialTokenMatcher? _special;
    private TokenTrie? _trie;

    private protected Tokenizer(Vocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        _bytes = new byte[vocabulary.Pieces.Count][];
    }

    /// <summary>How many pieces the vocabulary has.</summary>
    public int VocabularySize => Vocabulary.Pieces.Count;

    /// <summary>Whether the model wants <see cref="Bos"/> before a text.</summary>
    public bool AddBos => Vocabulary.AddBos;

    /// <summary>Whether the model wants <see cref="Eos"/> after a text.</summary>
    public bool AddEos => Vocabulary.AddEos;

    /// <summary>Whether a blank is put before text at its start and after a special token.</summary>
    public bool AddSpacePrefix => Vocabulary.AddSpacePrefix;

    /// <summary>Whether llama.cpp cleans blanks before punctuation away when it decodes; see <see cref="Decode"/>.</summary>
    public virtual bool CleansSpaces => false;

    /// <summary>Begin of sequence.</summary>
    public int? Bos => Vocabulary.Bos;

    /// <summary>End of sequence.</summary>
    public int? Eos => Vocabulary.Eos;

    /// <summary>End of turn.</summary>
    public int? Eot => Vocabulary.Eot;

    /// <summary>Stands for text that no piece fits.</summary>
    public int? Unk => Vocabulary.Unknown;

    /// <summary>Padding.</summary>
    public int? Pad => Vocabulary.Padding;

    /// <summary>The tokens that end an answer: EOS, EOT, and the pieces that are known to.</summary>
    public IReadOnlySet<int> EndOfGeneration => Vocabulary.EndOfGeneration;

    /// <summary>The bytes of all tokens that stand for text; made when it is first asked for.</summary>
    public TokenTrie Trie => _trie ??= new TokenTrie(this); // Two threads may both make it: they make the same.

    private protected Vocabulary Vocabulary { get; }

    /// <summary>Makes the tokenizer of a model.</summary>
    /// <param name="metadata">The model's metadata, which holds its vocabulary.</param>
    /// <exception cref="TokenizerException">
    /// The vocabulary is damaged, or of a kind that is not supported; the message names it and lists what is.
    /// </exception>
    public static Tokenizer FromGguf(GgufMetadata metadata) => new VocabularyReader(metadata).Read();

    /// <summary>Turns text into ids.</summary>
    /// <param name="text">The text; half a surrogate pair counts as U+FFFD.</param>
    /// <param name="addSpecial">Whether to add BOS and EOS where the model wants them.</param>
    /// <param name="parseSpecial">
    /// Whether the text of a control token becomes that token. Leave it off for text from outside. User-defined pieces are always found.
    /// </param>
    public int[] Encode(string text, bool addSpecial, bool parseSpecial) => Encode(Encoding.UTF8.GetBytes(text), addSpecial, parseSpecial);

    /// <summary>Turns UTF-8 text into ids. Bytes that are no UTF-8 are kept where the vocabulary has pieces for them.</summary>
    /// <inheritdoc cref="Encode(string, bool, bool)"/>
    public int[] Encode(ReadOnlySpan<byte> text, bool addSpecial, bool parseSpecial)
    {
        List<int> ids = [];
        if (addSpecial && AddBos)
            ids.Add(Bos!.Value);
        EncodeFragments(text, parseSpecial, ids);
        if (addSpecial && AddEos)
            ids.Add(Eos!.Value);
        return [.. ids];
    }

    /// <summary>Turns ids into text: the way back from <see cref="Encode(string, bool, bool)"/>.</summary>
    /// <param name="ids">The ids. A BOS before the first text and the blank that encoding put before it are left out.</param>
    /// <param name="renderSpecial">Whether control tokens are written as their pieces; they are left out otherwise.</param>
    /// <param name="cleanSpaces">
    /// Whether to remove blanks before punctuation and contractions where <see cref="CleansSpaces"/>, as llama.cpp's detokenizer does.
    /// It changes texts that have such blanks, and streamed text is never cleaned.
    /// </param>
    /// <returns>The text, with U+FFFD where the bytes are no UTF-8.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool renderSpecial = false, bool cleanSpaces = false)
    {
        List<byte> text = [];
        bool atStart = AddSpacePrefix;
        foreach (int id in ids)
            text.AddRange(BytesInText(id, renderSpecial, ref atStart).Span);
        var bytes = CollectionsMarshal.AsSpan(text);
        return Encoding.UTF8.GetString(cleanSpaces && CleansSpaces ? bytes[..SpaceCleaner.Clean(bytes)] : bytes);
    }

    /// <summary>The bytes that a token stands for; none for a control token, unless <paramref name="renderSpecial"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not of the vocabulary.</exception>
    public ReadOnlyMemory<byte> Bytes(int id, bool renderSpecial)
    {
        if (!renderSpecial && Kind(id) is TokenKind.Control or TokenKind.Unknown)
            return default;
        // Two threads may both make the array: they make the same.
        return _bytes[Checked(id)] ??= MakeBytes(id);
    }

    /// <summary>The piece as the vocabulary writes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not of the vocabulary.</exception>
    public string Piece(int id) => Vocabulary.Pieces.GetString(Checked(id));

    /// <summary>What a token is for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not of the vocabulary.</exception>
    public TokenKind Kind(int id) => Vocabulary.Kinds[Checked(id)];

    /// <summary>The token whose piece is exactly this, as the vocabulary writes it; null where there is none.</summary>
    public int? FindToken(string piece) => Vocabulary.Table.Find(Encoding.UTF8.GetBytes(piece)) is >= 0 and int id ? id : null;

    /// <summary>The bytes of one token of a text.</summary>
    /// <param name="id">The token.</param>
    /// <param name="renderSpecial">Whether control tokens are written.</param>
    /// <param name="atStart">Whether the blank that encoding put before the text is still to be dropped.</param>
    internal ReadOnlyMemory<byte> BytesInText(int id, bool renderSpecial, ref bool atStart)
    {
        var bytes = Bytes(id, renderSpecial);
        if (!atStart)
            return bytes;
        atStart = bytes.IsEmpty && id == Bos;
        return bytes.Span.StartsWith(" "u8) ? bytes[1..] : bytes;
    }

    /// <summary>Encodes text that holds no special token.</summary>
    /// <param name="text">UTF-8, not empty.</param>
    /// <param name="atStart">Whether it is at the whole text's start or follows a special token.</param>
    /// <param name="workspace">Buffers of this call.</param>
    /// <param name="ids">Receives the ids.</param>
    private protected abstract void EncodeText(ReadOnlySpan<byte> text, bool atStart, PairMerger workspace, List<int> ids);

    /// <summary>The bytes that a normal piece stands for.</summary>
    private protected abstract byte[] ReadNormal(ReadOnlySpan<byte> piece);

    private void EncodeFragments(ReadOnlySpan<byte> text, bool parseSpecial, List<int> ids)
    {
        if (text.IsEmpty)
            return;
        // Two threads may both make the matcher: they make the same.
        var matcher = parseSpecial
            ? _special ??= new SpecialTokenMatcher(Vocabulary, parseSpecial: true)
            : _userDefined ??= new SpecialTokenMatcher(Vocabulary, parseSpecial: false);
        var workspace = new PairMerger();
        bool atStart = true;
        foreach (var fragment in matcher.Partition(text))
        {
            if (fragment.Token >= 0)
                ids.Add(fragment.Token);
            else
                EncodeText(text.Slice(fragment.Start, fragment.Length), atStart, workspace, ids);
            atStart = fragment.Token >= 0;
        }
    }

    private byte[] MakeBytes(int id)
    {
        var piece = Vocabulary.Pieces[id];
        switch (Vocabulary.Kinds[id])
        {
            case TokenKind.Normal:
                return ReadNormal(piece);
            case TokenKind.Byte:
                return BytePiece.TryParse(piece, out byte value) ? [value] : [];
            case TokenKind.Control or TokenKind.Unknown or TokenKind.UserDefined:
                return piece.ToArray();
            default:
                return [];
        }
    }

    private int Checked(int id)
    {
        if ((uint)id >= (uint)VocabularySize)
            throw new ArgumentOutOfRangeException(
                nameof(id), id, $"The vocabulary has {VocabularySize} pieces, 0 to {VocabularySize - 1}.");
        return id;
    }
}
