namespace Quipu.Tokenizers;

/// <summary>
/// Pieces that are known by their text, because files don't say what they are for: llama.cpp's lists. Being listed makes a piece a
/// control token even where the file says otherwise.
/// </summary>
internal static class KnownPieces
{
    private static readonly string[] EndOfTurn =
    [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<EOT>", "_<EOT>", "[EOT]",
        "<｜end▁of▁sentence｜>", "<end_of_utterance>",
    ];

    private static readonly string[] EndOfMessage = ["<|eom_id|>"];

    private static readonly string[] EndOfGeneration =
    [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>", "<|endoftext|>",
        "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>",
        "<|tool_response>", "<｜end▁of▁sentence｜>", "[e~[",
    ];

    /// <summary>Parts of fill-in-the-middle prompts after which nothing more is to come: padding, repository, file separator.</summary>
    private static readonly (string Key, string[] Texts)[] InfillEnds =
    [
        ("fim_pad", ["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"]),
        ("fim_rep", ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"]),
        ("fim_sep", ["<|file_sep|>"]),
    ];

    private static readonly (string Key, string[] Texts)[] InfillParts =
    [
        ("fim_pre",
        [
            "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>",
            "<PRE>", "▁<PRE>", "<|code_prefix|>", "<|prefix|>",
        ]),
        ("fim_suf",
        [
            "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>",
            "<SUF>", "▁<SUF>", "<|code_suffix|>", "<|suffix|>",
        ]),
        ("fim_mid",
        [
            "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>",
            "<MID>", "▁<MID>", "<|code_middle|>", "<|middle|>",
        ]),
    ];

    /// <summary>Marks of a message's channel that are part of the text to be shown.</summary>
    private static readonly string[] AlwaysShown = ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"];

    /// <summary>Finds the tokens that end an answer, and corrects the kinds of the pieces that are known.</summary>
    /// <param name="find">Id of a piece, or −1.</param>
    /// <param name="special">The id that the file names for a part (<c>eot</c>, <c>fim_pad</c>, ...), or null.</param>
    /// <param name="kinds">The kinds to correct.</param>
    /// <param name="eos">End of sequence.</param>
    /// <param name="eot">End of turn as the file names it; else the first known piece that the vocabulary has.</param>
    public static HashSet<int> FindEndOfGeneration(
        Func<string, int> find, Func<string, int?> special, TokenKind[] kinds, int? eos, ref int? eot)
    {
        HashSet<int> ends = [];
        eot ??= FindControl(EndOfTurn, find, kinds);
        int? eom = special("eom") ?? FindControl(EndOfMessage, find, kinds);
        foreach ((string key, string[] texts) in InfillParts)
            if (special(key) is null)
                FindControl(texts, find, kinds);
        foreach ((string key, string[] texts) in InfillEnds)
            AddIfAny(ends, special(key) ?? FindControl(texts, find, kinds));
        foreach (string text in EndOfGeneration)
            AddIfAny(ends, FindControl([text], find, kinds));
        foreach (string text in AlwaysShown)
            if (find(text) is >= 0 and int id)
                kinds[id] = TokenKind.UserDefined;
        AddIfAny(ends, eos);
        AddIfAny(ends, eot);
        AddIfAny(ends, eom);
        RemoveFalseEnds(ends, find, kinds);
        return ends;
    }

    /// <summary>
    /// Where a vocabulary has marks for calls beside those for answers, <c>&lt;|end|&gt;</c> ends a message, not the answer; and where
    /// it has a mark for tool responses, <c>&lt;/s&gt;</c> is but a piece of HTML.
    /// </summary>
    private static void RemoveFalseEnds(HashSet<int> ends, Func<string, int> find, TokenKind[] kinds)
    {
        bool Has(string text) => ends.Contains(find(text));
        bool call = Has("<|call|>") || Has("<|calls|>");
        if (Has("<|end|>") && call && (Has("<|return|>") || Has("<|flush|>")))
            Remove("<|end|>", TokenKind.UserDefined);
        if (Has("</s>") && Has("<|tool_response>"))
            Remove("</s>", TokenKind.Normal);

        void Remove(string text, TokenKind kind)
        {
            ends.Remove(find(text));
            kinds[find(text)] = kind;
        }
    }

    private static int? FindControl(ReadOnlySpan<string> texts, Func<string, int> find, TokenKind[] kinds)
    {
        foreach (string text in texts)
        {
            int id = find(text);
            if (id < 0)
                continue;
            kinds[id] = TokenKind.Control;
            return id;
        }
        return null;
    }

    private static void AddIfAny(HashSet<int> ends, int? id)
    {
        if (id is { } token)
            ends.Add(token);
    }
}
