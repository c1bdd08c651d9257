using System.Collections.Frozen;

namespace Quipu.Cli.Chat.Highlight;

/// <summary>The languages whose code is coloured. The table is the data file languages.txt, which is part of the program.</summary>
internal static class Languages
{
    private const string Resource = "Quipu.Cli.Chat.Highlight.languages.txt";

    private static readonly Lazy<FrozenDictionary<string, LanguageSyntax>> Table = new(Load);

    /// <summary>Every name that <see cref="Find"/> knows.</summary>
    public static IReadOnlyCollection<string> Names => Table.Value.Keys;

    /// <summary>The language of a fence's info string, such as "python" or "C# title=x"; null where it is not known.</summary>
    public static LanguageSyntax? Find(string info)
    {
        int end = info.AsSpan().IndexOfAny(" \t{,:");
        string name = (end < 0 ? info : info[..end]).TrimStart('.').ToLowerInvariant();
        return name.Length > 0 ? Table.Value.GetValueOrDefault(name) : null;
    }

    private static FrozenDictionary<string, LanguageSyntax> Load()
    {
        using var stream = typeof(Languages).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The program lacks its resource {Resource}.");
        using var reader = new StreamReader(stream);
        var table = new Dictionary<string, LanguageSyntax>();
        var entry = new Entry([]);
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || parts[0] == "#")
                continue;
            if (parts[0] == "language")
            {
                entry.AddTo(table);
                entry = new Entry(parts[1..]);
            }
            else
            {
                entry.Read(parts[0], parts[1..]);
            }
        }
        entry.AddTo(table);
        return table.ToFrozenDictionary();
    }

    private sealed class Entry(string[] names)
    {
        private readonly List<string> _keywords = [];
        private readonly List<string> _builtIns = [];
        private readonly List<string> _lineComments = [];
        private readonly List<Delimiter> _blockComments = [];
        private readonly List<Delimiter> _strings = [];
        private string _wordCharacters = "";
        private string _sigils = "";
        private SyntaxTraits _traits;

        public void Read(string key, string[] values)
        {
            switch (key)
            {
                case "keywords":
                    _keywords.AddRange(values);
                    break;
                case "builtins":
                    _builtIns.AddRange(values);
                    break;
                case "line-comment":
                    _lineComments.Add(values[0]);
                    break;
                case "block-comment":
                    _blockComments.Add(new Delimiter(values[0], values[1], Multiline: true));
                    break;
                case "string":
                    _strings.Add(ReadString(values));
                    break;
                case "word-characters":
                    _wordCharacters = values[0];
                    break;
                case "sigils":
                    _sigils = values[0];
                    break;
                case "traits":
                    foreach (string trait in values)
                        _traits |= Enum.Parse<SyntaxTraits>(trait);
                    break;
                default:
                    throw new InvalidDataException($"languages.txt: \"{key}\" is unknown, in the entry of {string.Join(' ', names)}.");
            }
        }

        public void AddTo(Dictionary<string, LanguageSyntax> table)
        {
            var syntax = new LanguageSyntax
            {
                Keywords = _keywords.ToFrozenSet(),
                BuiltIns = _builtIns.ToFrozenSet(),
                LineComments = [.. _lineComments],
                BlockComments = [.. _blockComments],
                Strings = [.. _strings],
                WordCharacters = _wordCharacters,
                Sigils = _sigils,
                Traits = _traits,
            };
            foreach (string name in names)
                table.Add(name, syntax);
        }

        private static Delimiter ReadString(string[] values)
        {
            const string escapeKey = "escape=";
            string? escape = Array.Find(values, value => value.StartsWith(escapeKey, StringComparison.Ordinal));
            return new Delimiter(values[0], values[1], escape?[escapeKey.Length] ?? '\0', Array.IndexOf(values, "multiline", 2) >= 0);
        }
    }
}
