using Quipu.Gguf;

namespace Quipu.Tokenizers;

/// <summary>
/// The pieces of a model's vocabulary, what each is for, and how the model wants its texts framed. Checked by
/// <see cref="VocabularyReader"/>.
/// </summary>
internal sealed class Vocabulary
{
    /// <summary>Makes a vocabulary.</summary>
    public Vocabulary(GgufStringArray pieces, TokenKind[] kinds, PieceTable table)
    {
        Pieces = pieces;
        Kinds = kinds;
        Table = table;
    }

    /// <summary>The pieces as the file has them, in UTF-8.</summary>
    public GgufStringArray Pieces { get; }

    /// <summary>What each piece is for.</summary>
    public TokenKind[] Kinds { get; }

    /// <summary>Piece to id.</summary>
    public PieceTable Table { get; }

    /// <summary>Begin of sequence.</summary>
    public int? Bos { get; init; }

    /// <summary>End of sequence.</summary>
    public int? Eos { get; init; }

    /// <summary>End of turn.</summary>
    public int? Eot { get; init; }

    /// <summary>Stands for text that no piece fits.</summary>
    public int? Unknown { get; init; }

    /// <summary>Padding.</summary>
    public int? Padding { get; init; }

    /// <summary>Whether a text begins with <see cref="Bos"/>.</summary>
    public bool AddBos { get; init; }

    /// <summary>Whether a text ends with <see cref="Eos"/>.</summary>
    public bool AddEos { get; init; }

    /// <summary>Whether text gets a blank before it at its start and after a special token.</summary>
    public bool AddSpacePrefix { get; init; }

    /// <summary>Whether special tokens take the white space after them with them.</summary>
    public bool SpecialsStripRight { get; init; }

    /// <summary>Tokens that end an answer.</summary>
    public required HashSet<int> EndOfGeneration { get; init; }
}
