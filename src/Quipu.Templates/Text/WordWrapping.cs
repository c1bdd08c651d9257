using Quipu.Templates.Runtime;

namespace Quipu.Templates.Text;

/// <summary>Breaks a line into lines of a width, between words and behind hyphens within them.</summary>
internal static class WordWrapping
{
    /// <summary>The lines; white space at their ends and at the starts of all but the first is dropped.</summary>
    public static List<string> Wrap(string line, int width, bool breakWords, bool breakHyphens, Budget budget)
    {
        var chunks = new Queue<string>(Chunks(line, breakHyphens));
        var lines = new List<string>();
        var current = new List<string>();
        string? rest = null;
        while (rest is not null || chunks.Count > 0)
        {
            budget.Element();
            current.Clear();
            int length = 0;
            if (lines.Count > 0 && rest is null && IsBlank(chunks.Peek()))
                chunks.Dequeue();
            while ((rest ?? (chunks.Count > 0 ? chunks.Peek() : null)) is { } chunk && length + CodePoints.Count(chunk) <= width)
            {
                current.Add(chunk);
                length += CodePoints.Count(chunk);
                if (rest is null)
                    chunks.Dequeue();
                rest = null;
            }
            if ((rest ?? (chunks.Count > 0 ? chunks.Peek() : null)) is { } next && CodePoints.Count(next) > width)
                rest = TakeLong(next, rest is null ? chunks : null, width - length, breakWords, breakHyphens, current);
            if (current.Count > 0 && IsBlank(current[^1]))
                current.RemoveAt(current.Count - 1);
            if (current.Count > 0)
                lines.Add(string.Concat(current));
            budget.Text(length);
        }
        return lines;
    }

    /// <summary>Puts a chunk that fits on no line, or as much of it as there is room for, on the current one; returns the rest.</summary>
    private static string? TakeLong(string chunk, Queue<string>? source, int room, bool breakWords, bool breakHyphens, List<string> current)
    {
        if (!breakWords && current.Count > 0)
            return source is null ? chunk : null;
        source?.Dequeue();
        if (!breakWords)
        {
            current.Add(chunk);
            return null;
        }
        int[] starts = CodePoints.Starts(chunk, CodePoints.Count(chunk));
        int end = starts[Math.Max(room, 1)];
        int hyphen = breakHyphens && room > 0 ? chunk.LastIndexOf('-', end - 1) : -1;
        if (hyphen > 0 && chunk.AsSpan(0, hyphen).ContainsAnyExcept('-'))
            end = hyphen + 1;
        if (room < 1)
        {
            // As in the reference, the empty piece is dropped in place of the white space before it.
            current.Add("");
            return chunk;
        }
        current.Add(chunk[..end]);
        return end < chunk.Length ? chunk[end..] : null;
    }

    /// <summary>Runs of white space, and words, which are cut behind hyphens between letters where asked.</summary>
    private static IEnumerable<string> Chunks(string line, bool breakHyphens)
    {
        for (int start = 0; start < line.Length;)
        {
            int end = start + 1;
            bool space = PythonText.IsSpace(line[start]);
            bool GoesOn(int at) => PythonText.IsSpace(line[at]) == space && (space || !breakHyphens || !IsHyphenBreak(line, start, at));
            while (end < line.Length && GoesOn(end))
                end++;
            yield return line[start..end];
            start = end;
        }
    }

    private static bool IsHyphenBreak(string line, int start, int at) =>
        line[at - 1] == '-' && at - 2 >= start && char.IsLetter(line[at - 2]) && at + 1 < line.Length
        && char.IsLetter(line[at]) && (char.IsLetter(line[at + 1]) || line[at + 1] == '-');

    private static bool IsBlank(string chunk) => PythonText.SkipSpace(chunk, 0) == chunk.Length;
}
