using Quipu.Cli.Flags;
using Quipu.Engine.Scheduling;
using Quipu.Server;
using Quipu.Server.Operation;

namespace Quipu.Cli.Serving;

/// <summary>From flags to the server's and the scheduler's options.</summary>
internal static class ServerFlagReader
{
    private const int DefaultContextLength = 8192;

    // docs/decisions/0005-chat.md: greedy small models go round in circles. llama.cpp's server has the same.
    private const float DefaultTemperature = 0.8f;

    /// <summary>How the model is shared.</summary>
    public static SchedulerOptions ReadScheduler(ParsedFlags flags)
    {
        int slots = flags.Integer(ServerFlags.Parallel, 4);
        return new SchedulerOptions
        {
            Slots = slots,
            QueueLength = flags.Integer(ServerFlags.QueueLength, 128),
            ContextLength = flags.Integer(GeneralFlags.ContextSize, DefaultContextLength),
            MicroBatchSize = Math.Max(slots, OpenModel.MicroBatchSize(flags)),
            CacheBytes = (long)flags.Integer(ServerFlags.CacheRam, 1024) << 20,
            KeyType = CacheTypes.OfKeys(flags),
            ValueType = CacheTypes.OfValues(flags),
        };
    }

    /// <summary>How the server listens, and whom it serves.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="log">Where the log goes; null: nowhere.</param>
    /// <exception cref="UsageException">A word or a file cannot be read.</exception>
    public static ServerOptions Read(ParsedFlags flags, TextWriter? log) => new()
    {
        Host = flags.Text(ServerFlags.Host) ?? "127.0.0.1",
        Port = flags.Integer(ServerFlags.Port, 8080),
        UrlPrefix = flags.Text(ServerFlags.UrlPrefix) ?? "",
        ApiKeys = [.. ReadKeys(flags)],
        CorsOrigins = [.. flags.Texts(ServerFlags.CorsOrigin)],
        AllowedHosts = [.. flags.Texts(ServerFlags.AllowHost)],
        Timeout = TimeSpan.FromSeconds(flags.Integer(ServerFlags.Timeout, 600)),
        GraceTime = TimeSpan.FromSeconds(flags.Integer(ServerFlags.GraceTime, 10)),
        MaxBodyBytes = (long)flags.Integer(ServerFlags.MaxBodySize, 16) << 20,
        SlotsEndpoint = flags.IsOn(ServerFlags.Slots, otherwise: true),
        MetricsEndpoint = flags.IsOn(ServerFlags.Metrics, otherwise: true),
        ModelAlias = flags.Text(ServerFlags.Alias),
        Pooling = Choose(flags, ServerFlags.Pooling, ("mean", EmbeddingPooling.Mean), ("last", EmbeddingPooling.Last), ("cls", EmbeddingPooling.Cls)),
        Generation = GenerationFlagReader.Read(flags, DefaultTemperature),
        SystemPrompt = ReadSystemPrompt(flags),
        Version = ProgramVersion.Text,
        Log = log,
        LogFormat = Choose(flags, ServerFlags.LogFormat, ("text", LogFormat.Text), ("json", LogFormat.Json)),
        LogDetail = flags.IsOn(TextFlags.LogDisable) ? LogDetail.Faults : flags.IsOn(GeneralFlags.Verbose) ? LogDetail.All : LogDetail.Requests,
    };

    private static string? ReadSystemPrompt(ParsedFlags flags)
    {
        // Beside the chat these are the conversation in the terminal, not that of others.
        if (flags.Mode != Modes.Server)
            return null;
        string? text = flags.Text(TextFlags.SystemPrompt) ?? flags.Text(TextFlags.Prompt);
        string? file = flags.Text(TextFlags.InputFile) is { } path ? InputText.WithoutLastNewline(InputText.Read(path)) : null;
        string whole = string.Join("\n\n", new[] { text is null ? null : Unescaped(flags, text), file }.Where(part => !string.IsNullOrEmpty(part)));
        return whole.Length > 0 ? whole : null;
    }

    private static string Unescaped(ParsedFlags flags, string text) => flags.IsOn(TextFlags.Escape, otherwise: true) ? Escapes.Read(text) : text;

    private static IEnumerable<string> ReadKeys(ParsedFlags flags)
    {
        IEnumerable<string> keys = flags.Texts(ServerFlags.ApiKey);
        if (flags.Text(ServerFlags.ApiKeyFile) is { } path)
        {
            string[] lines = [.. InputText.Read(path).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
            if (lines.Length == 0)
                throw new UsageException($"--api-key-file {path} has no key: write one a line.");
            keys = keys.Concat(lines);
        }
        return keys.Any(string.IsNullOrWhiteSpace) ? throw new UsageException("--api-key is empty.") : keys;
    }

    private static T Choose<T>(ParsedFlags flags, FlagDefinition flag, params (string Word, T Value)[] choices)
    {
        if (flags.Text(flag) is not { } text)
            return choices[0].Value;
        foreach (var (word, value) in choices)
            if (word == text)
                return value;
        throw new UsageException($"{flag.Name} is '{text}', but must be {string.Join(" or ", choices.Select(choice => choice.Word))}.");
    }
}
