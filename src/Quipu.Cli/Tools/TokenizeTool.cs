using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Quipu.Tokenizers;

namespace Quipu.Cli.Tools;

/// <summary>
/// Text to ids and back. Plain: a line for each token with its id and the text that it stands for; <c>--json</c>: an object with ids
/// and pieces; <c>--jsonl</c>: a JSON string a line becomes an array of ids a line. <c>--decode</c> goes the other way.
/// </summary>
internal static class TokenizeTool
{
    private const string Separators = " \t\r\n,[]";

    /// <summary>Encodes or decodes a text.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="options">What to do.</param>
    /// <param name="input">The text; to be decoded: ids with blanks, commas or line ends between them, in brackets or not.</param>
    /// <param name="output">Where to write.</param>
    /// <returns>The exit code 0.</returns>
    /// <exception cref="InvalidDataException">The input is not what the options say; the message names the line or the id.</exception>
    public static int Run(Tokenizer tokenizer, TokenizeOptions options, string input, TextWriter output)
    {
        using var reader = new StringReader(input);
        return Run(tokenizer, options, reader, output, CancellationToken.None);
    }

    /// <summary>Encodes or decodes all that a reader has; with <see cref="TokenizeOptions.JsonLines"/> line by line.</summary>
    /// <inheritdoc cref="Run(Tokenizer, TokenizeOptions, string, TextWriter)"/>
    public static int Run(
        Tokenizer tokenizer, TokenizeOptions options, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        if (options is { Json: true, JsonLines: true })
            throw new ArgumentException("--json writes one object, --jsonl a line for each line: choose one.", nameof(options));
        using var json = new TokenizeJson(output);
        if (options.JsonLines)
            RunLines(tokenizer, options, input, json, cancellationToken);
        else if (options.Decode)
            DecodeAll(tokenizer, options, ParseIds(tokenizer, input.ReadToEnd()), json, output);
        else
            EncodeAll(tokenizer, options, input.ReadToEnd(), json, output);
        return 0;
    }

    private static void RunLines(
        Tokenizer tokenizer, TokenizeOptions options, TextReader input, TokenizeJson json, CancellationToken cancellationToken)
    {
        for (int number = 1; input.ReadLine() is { } line; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (string.IsNullOrWhiteSpace(line))
                continue;
            string where = $"line {number}: ";
            if (options.Decode)
                json.WriteText(Decode(tokenizer, options, Checked(tokenizer, TokenizeJson.ReadIds(line, where), where)));
            else
                json.WriteIds(tokenizer.Encode(TokenizeJson.ReadText(line, where), options.Bos, options.Special));
        }
    }

    private static void EncodeAll(Tokenizer tokenizer, TokenizeOptions options, string text, TokenizeJson json, TextWriter output)
    {
        int[] ids = tokenizer.Encode(text, options.Bos, options.Special);
        if (options.Json)
        {
            json.WriteTokens(ids, tokenizer);
            return;
        }
        foreach (int id in ids)
        {
            output.Write(id.ToString(CultureInfo.InvariantCulture));
            output.Write("  '");
            output.Write(Escape(tokenizer.Bytes(id, renderSpecial: true).Span));
            output.Write("'\n");
        }
    }

    private static void DecodeAll(Tokenizer tokenizer, TokenizeOptions options, int[] ids, TokenizeJson json, TextWriter output)
    {
        string text = Decode(tokenizer, options, ids);
        if (options.Json)
            json.WriteDecoded(ids, text);
        else
            output.Write(text);
    }

    private static string Decode(Tokenizer tokenizer, TokenizeOptions options, ReadOnlySpan<int> ids)
    {
        if (options.Bos && tokenizer.AddBos && ids.Length > 0 && ids[0] == tokenizer.Bos)
            ids = ids[1..];
        if (options.Bos && tokenizer.AddEos && ids.Length > 0 && ids[^1] == tokenizer.Eos)
            ids = ids[..^1];
        // Cleaned as llama.cpp's detokenizer does, so that the two can be compared.
        return tokenizer.Decode(ids, renderSpecial: options.Special, cleanSpaces: true);
    }

    private static int[] ParseIds(Tokenizer tokenizer, string text)
    {
        string[] words = text.Split(Separators.ToCharArray(), StringSplitOptions.RemoveEmptyEntries);
        int[] ids = new int[words.Length];
        for (int i = 0; i < words.Length; i++)
            if (!int.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out ids[i]))
                throw new InvalidDataException($"'{words[i]}' is no token id. Give numbers with blanks or commas between them.");
        return Checked(tokenizer, ids, "");
    }

    private static int[] Checked(Tokenizer tokenizer, int[] ids, string where)
    {
        foreach (int id in ids)
            if ((uint)id >= (uint)tokenizer.VocabularySize)
                throw new InvalidDataException(
                    $"{where}{id} is no token id of this vocabulary, whose ids are 0 to {tokenizer.VocabularySize - 1}.");
        return ids;
    }

    /// <summary>
    /// What a token stands for, on one line: control characters as escapes, and all bytes as numbers where they are no whole UTF-8.
    /// </summary>
    private static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        if (!Utf8.IsValid(bytes))
        {
            foreach (byte value in bytes)
                text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
            return text.ToString();
        }
        foreach (char letter in Encoding.UTF8.GetString(bytes))
        {
            text = letter switch
            {
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\\' => text.Append("\\\\"),
                '\'' => text.Append("\\'"),
                _ when char.IsControl(letter) || letter is '\u2028' or '\u2029' =>
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => text.Append(letter),
            };
        }
        return text.ToString();
    }
}
