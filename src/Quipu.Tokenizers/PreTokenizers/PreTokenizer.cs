using System.Diagnostics.CodeAnalysis;

namespace Quipu.Tokenizers.PreTokenizers;

/// <summary>What <c>tokenizer.ggml.pre</c> stands for.</summary>
/// <param name="Splitter">How text falls into words.</param>
/// <param name="IgnoreMerges">Whether a word that is a piece becomes that piece, whatever the merges say.</param>
/// <param name="AddBos">Whether a text begins with BOS where the vocabulary does not say.</param>
/// <param name="CleanSpaces">Whether the vocabulary was made for text whose blanks before punctuation are cleaned away on decoding.</param>
internal sealed record PreTokenizer(WordSplitter Splitter, bool IgnoreMerges, bool AddBos, bool CleanSpaces)
{
    /// <summary>The names that are supported, for messages.</summary>
    public const string SupportedNames =
        "llama-bpe (also llama3, llama-v3, falcon3, pixtral), qwen2 (also deepseek-r1-qwen), smollm, gpt-2 (also phi-2), default";

    /// <summary>Finds a pre-tokenizer by its name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out PreTokenizer? preTokenizer)
    {
        preTokenizer = name switch
        {
            "llama-bpe" or "llama3" or "llama-v3" or "falcon3" or "pixtral" =>
                new(new LlamaSplitter(digits: 3), IgnoreMerges: true, AddBos: true, CleanSpaces: true),
            "qwen2" or "deepseek-r1-qwen" => new(new LlamaSplitter(digits: 1), IgnoreMerges: false, AddBos: false, CleanSpaces: false),
            "smollm" => new(new SmolLmSplitter(), IgnoreMerges: false, AddBos: false, CleanSpaces: false),
            "gpt-2" or "phi-2" => new(new Gpt2Splitter(), IgnoreMerges: false, AddBos: false, CleanSpaces: true),
            "default" or "" => new(new DefaultSplitter(), IgnoreMerges: false, AddBos: false, CleanSpaces: true),
            _ => null,
        };
        return preTokenizer is not null;
    }
}
