using Quipu.Engine;
using Quipu.Tokenizers;

namespace Quipu.Server.Generation;

/// <summary>Which stop string ended a text. The engine leaves it out of the text, but its tokens were chosen.</summary>
internal static class StoppingWord
{
    /// <summary>The stop string that comes first in the text of the tokens; null where none does.</summary>
    /// <param name="options">The stop strings.</param>
    /// <param name="finish">Why the text ended.</param>
    /// <param name="tokens">All tokens chosen.</param>
    /// <param name="text">What was sent of their text.</param>
    /// <param name="tokenizer">Whose tokens they are.</param>
    public static string? Find(GenerationOptions options, FinishReason finish, ReadOnlySpan<int> tokens, string text, Tokenizer tokenizer)
    {
        if (finish != FinishReason.StopString)
            return null;
        if (options.StopStrings.Length == 1)
            return options.StopStrings[0];
        string whole = tokenizer.Decode(tokens, options.RenderSpecial);
        // The text up to the stop string was sent, so it begins where that ends; a blank at the start may be left out.
        int from = Math.Max(0, text.Length - 1);
        return options.StopStrings
            .Select(word => (Word: word, At: from <= whole.Length ? whole.IndexOf(word, from, StringComparison.Ordinal) : -1))
            .Where(found => found.At >= 0)
            .OrderBy(found => found.At)
            .Select(found => found.Word)
            .FirstOrDefault();
    }
}
