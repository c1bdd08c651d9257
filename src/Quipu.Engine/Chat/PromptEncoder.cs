using System.Globalization;
using System.Text;
using Quipu.Tokenizers;

namespace Quipu.Engine.Chat;

/// <summary>
/// From conversations to tokens. Guaranteed: control tokens come from the model's template alone. Text that somebody typed, uploaded, or
/// that a model wrote is never read as a control token, whatever it says: a typed <c>&lt;|im_end|&gt;</c> stays the text of that name.
/// </summary>
/// <remarks>
/// The names of control tokens in such texts are rendered as marks: a private character that occurs nowhere else, the token's id, the
/// character again. What the rendered prompt then still has of control tokens, the template wrote; the marks become the names again in the
/// plain text between those. So templates may trim, join and choose contents as they like. The tokens are otherwise those of the whole
/// text.
/// </remarks>
public sealed class PromptEncoder(Tokenizer tokenizer)
{
    private const char FirstPrivate = '\uE000';
    private const char LastPrivate = '\uF8FF';

    private readonly Lazy<ControlPieces> _pieces = new(() => new ControlPieces(tokenizer));

    /// <summary>The tokens of a prompt, without what the tokenizer itself puts before a text.</summary>
    /// <param name="render">
    /// Renders the conversation. What it is given must be applied to each text that is not the template's own; it may be called twice.
    /// </param>
    public int[] Encode(Func<Func<string, string>, string> render)
    {
        bool harmless = true;
        var used = new HashSet<char>();
        string rendered = render(text =>
        {
            harmless &= IsHarmless(text);
            foreach (char letter in text)
                if (letter is >= FirstPrivate and <= LastPrivate)
                    used.Add(letter);
            return text;
        });
        if (harmless)
            return tokenizer.Encode(rendered, addSpecial: false, parseSpecial: true);
        char mark = FirstPrivate;
        while (used.Contains(mark) && mark < LastPrivate)
            mark++;
        if (used.Contains(mark))
            throw new ArgumentException(
                "The conversation has names of control tokens and every private character of Unicode.", nameof(render));
        return EncodeMarked(render(text => Marked(text, mark)), mark);
    }

    private bool IsHarmless(string text) =>
        _pieces.Value.Find(text).Length == 0
        && !_pieces.Value.EndsWithBeginning(text.AsSpan().TrimEnd())
        && !_pieces.Value.BeginsWithEnding(text.AsSpan().TrimStart());

    /// <summary>The text with marks for control tokens, and an empty mark where it could become one with what stands beside it.</summary>
    private string Marked(string text, char mark)
    {
        if (IsHarmless(text) || string.IsNullOrWhiteSpace(text))
            return text;
        // White space outside of the empty marks: templates trim.
        int start = text.Length - text.AsSpan().TrimStart().Length;
        int end = text.AsSpan().TrimEnd().Length;
        var marked = new StringBuilder(text, 0, start, text.Length + 16);
        if (_pieces.Value.BeginsWithEnding(text.AsSpan(start)))
            marked.Append(mark).Append(mark);
        int at = start;
        while (_pieces.Value.Find(text.AsSpan(at, end - at)) is { Length: > 0 } found)
        {
            marked.Append(text, at, found.Start).Append(mark).Append(CultureInfo.InvariantCulture, $"{found.Id}").Append(mark);
            at += found.Start + found.Length;
        }
        marked.Append(text, at, end - at);
        if (_pieces.Value.EndsWithBeginning(text.AsSpan(0, end)))
            marked.Append(mark).Append(mark);
        return marked.Append(text, end, text.Length - end).ToString();
    }

    /// <summary>Divides the text at the control tokens that the template wrote; between them is plain text.</summary>
    private int[] EncodeMarked(string rendered, char mark)
    {
        var ids = new List<int>();
        int at = 0;
        while (_pieces.Value.Find(rendered.AsSpan(at)) is { Length: > 0 } found)
        {
            AddPlain(rendered.Substring(at, found.Start));
            ids.Add(found.Id);
            at += found.Start + found.Length;
        }
        AddPlain(rendered[at..]);
        return [.. ids];

        void AddPlain(string text) => ids.AddRange(tokenizer.Encode(Unmarked(text, mark), addSpecial: false, parseSpecial: false));
    }

    /// <summary>The text with the names in place of their marks.</summary>
    private string Unmarked(string text, char mark)
    {
        string[] parts = text.Split(mark); // odd parts are the ids
        for (int i = 1; i < parts.Length; i += 2)
            if (int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id < tokenizer.VocabularySize)
                parts[i] = tokenizer.Piece(id);
        return string.Concat(parts);
    }
}
