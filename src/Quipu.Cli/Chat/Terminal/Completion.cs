using System.Collections.Immutable;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>What the text before the cursor may become.</summary>
/// <param name="Start">Where the part begins that a candidate replaces.</param>
/// <param name="Candidates">The texts that fit, in their order; empty where nothing does.</param>
internal sealed record Completion(int Start, ImmutableArray<string> Candidates)
{
    /// <summary>Nothing fits.</summary>
    public static Completion None { get; } = new(0, []);

    /// <summary>What all candidates begin with.</summary>
    public string CommonPrefix
    {
        get
        {
            if (Candidates.IsEmpty)
                return "";
            ReadOnlySpan<char> common = Candidates[0];
            foreach (string candidate in Candidates)
                common = common[..common.CommonPrefixLength(candidate)];
            // Half a surrogate pair is no character.
            return (common.Length > 0 && char.IsHighSurrogate(common[^1]) ? common[..^1] : common).ToString();
        }
    }
}
