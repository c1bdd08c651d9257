namespace Quipu.Tokenizers;

/// <summary>What a piece of the vocabulary is for; the numbers are those of <c>tokenizer.ggml.token_type</c>.</summary>
public enum TokenKind
{
    /// <summary>A kind that this version does not know: stands for no text.</summary>
    Undefined = 0,

    /// <summary>Ordinary text.</summary>
    Normal = 1,

    /// <summary>What text becomes that no piece fits.</summary>
    Unknown = 2,

    /// <summary>A mark such as the begin of a sequence: parsed from text only on request, printed only on request.</summary>
    Control = 3,

    /// <summary>Text that is always one token, whatever surrounds it.</summary>
    UserDefined = 4,

    /// <summary>A place that the vocabulary keeps free: stands for no text.</summary>
    Unused = 5,

    /// <summary>One byte, written <c>&lt;0xNN&gt;</c>.</summary>
    Byte = 6,
}
