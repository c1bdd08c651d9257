using System.Globalization;
using Quipu.Engine;
using Quipu.Templates;

namespace Quipu.Cli.Chat;

/// <summary>A stretch of a text.</summary>
internal readonly record struct TextSpan(int Start, int Length)
{
    public int End => Start + Length;
}

/// <summary>
/// Finds what of a rendered prompt was said by somebody and what the template wrote. The conversation is rendered a second time with a
/// mark in place of each content; what stands around the marks is the template's own text. Then the true contents, as they are or
/// trimmed as templates do, must fit exactly between those texts, or nothing is located.
/// </summary>
internal static class ContentLocator
{
    private const char FirstPrivate = '\uE000';
    private const char LastPrivate = '\uF8FF';
    private const string ThinkingEnd = "</think>";

    /// <summary>Locates the contents.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="rendered">The conversation as the template renders it.</param>
    /// <param name="render">Renders another conversation in the same way.</param>
    /// <returns>Where the contents stand, in order; null where the template changes them in a way that is not understood.</returns>
    public static IReadOnlyList<TextSpan>? Locate(
        IReadOnlyList<ChatMessage> messages, string rendered, Func<IReadOnlyList<ChatMessage>, string> render)
    {
        if (FindMark(messages, rendered) is not { } mark)
            return null;
        string probe;
        try
        {
            probe = render([.. messages.Select((message, index) => WithMark(message, index, mark))]);
        }
        catch (TemplateException)
        {
            // A template that looks into the contents may refuse the marks; the caller has a way without them.
            return null;
        }
        // Odd parts are the numbers between two marks.
        string[] parts = probe.Split(mark);
        return parts.Length % 2 == 1 ? Match(parts, messages, rendered) : null;
    }

    private static char? FindMark(IReadOnlyList<ChatMessage> messages, string rendered)
    {
        for (char mark = FirstPrivate; mark <= LastPrivate; mark++)
            if (!rendered.Contains(mark) && !messages.Any(message => message.Content.Contains(mark)))
                return mark;
        return null;
    }

    // Templates ask whether a content is empty: blank ones stay as they are.
    private static ChatMessage WithMark(ChatMessage message, int index, char mark) =>
        string.IsNullOrWhiteSpace(message.Content)
            ? message
            : message with { Content = string.Create(CultureInfo.InvariantCulture, $"{mark}{index}{mark}") };

    private static List<TextSpan>? Match(string[] parts, IReadOnlyList<ChatMessage> messages, string rendered)
    {
        var spans = new List<TextSpan>();
        int at = 0;
        for (int i = 0; i < parts.Length; i += 2)
        {
            if (!rendered.AsSpan(at).StartsWith(parts[i], StringComparison.Ordinal))
                return null;
            at += parts[i].Length;
            if (i + 1 == parts.Length)
                break;
            if (!int.TryParse(parts[i + 1], CultureInfo.InvariantCulture, out int index) || index < 0 || index >= messages.Count)
                return null;
            int length = MatchContent(messages[index], rendered.AsSpan(at), parts[i + 2], isLast: i + 3 == parts.Length);
            if (length < 0)
                return null;
            spans.Add(new TextSpan(at, length));
            at += length;
        }
        return at == rendered.Length ? spans : null;
    }

    private static int MatchContent(ChatMessage message, ReadOnlySpan<char> rest, string following, bool isLast)
    {
        foreach (string variant in Variants(message))
        {
            if (!rest.StartsWith(variant, StringComparison.Ordinal))
                continue;
            var behind = rest[variant.Length..];
            if (isLast ? behind.SequenceEqual(following) : behind.StartsWith(following, StringComparison.Ordinal))
                return variant.Length;
        }
        return -1;
    }

    private static IEnumerable<string> Variants(ChatMessage message)
    {
        string content = message.Content;
        yield return content;
        yield return content.Trim();
        yield return content.TrimEnd();
        yield return content.TrimStart();
        // Templates of thinking models drop the thoughts of earlier answers.
        int end = content.LastIndexOf(ThinkingEnd, StringComparison.Ordinal);
        if (message.Role != ChatRoles.Assistant || end < 0)
            yield break;
        string answer = content[(end + ThinkingEnd.Length)..];
        yield return answer;
        yield return answer.TrimStart('\n');
        yield return answer.Trim();
    }
}
