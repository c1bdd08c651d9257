namespace Quipu.Cli.Flags;

/// <summary>Flags of the server, also where it runs beside the chat.</summary>
internal static class ServerFlags
{
    private const Modes Serving = Modes.Server | Modes.Chat;

    public static readonly FlagDefinition Host = Text("NAME", "address or name to listen on; 0.0.0.0: all", "127.0.0.1", "--host");

    public static readonly FlagDefinition Port =
        Number("N", "port to listen on; where it is taken, up to 10 higher ones are tried. 0: any that is free", "8080", new(0, 65535), "--port");

    public static readonly FlagDefinition UrlPrefix = Text("PATH", "what all paths begin with, such as /llm", "", "--url-prefix", "--api-prefix");

    public static readonly FlagDefinition ApiKey =
        Texts("KEY", "ask each request for this key. Others can see it in the list of processes; a file is safer. Repeatable", "--api-key");

    public static readonly FlagDefinition ApiKeyFile = Text("FILE", "ask each request for one of these keys, a line each", "", "--api-key-file");

    public static readonly FlagDefinition CorsOrigin =
        Texts("ORIGIN", "let pages of this origin ask, such as https://example.org; *: all. Repeatable", "--cors-origin");

    public static readonly FlagDefinition AllowHost =
        Texts("NAME", "answer also to this Host header while on loopback, as a proxy may send it. Repeatable", "--allow-host");

    public static readonly FlagDefinition Parallel =
        Number("N", "requests that are computed at once, each with a context of its own", "4", new(1, 256), "-np", "--parallel");

    public static readonly FlagDefinition QueueLength =
        Number("N", "requests that may wait for their turn; more are refused", "128", new(0, 65536), "--queue-length");

    public static readonly FlagDefinition CacheRam = Number(
        "MIB", "memory for the beginnings of earlier conversations, which are then not computed again", "1024", new(0, 1 << 22), "--cache-ram");

    public static readonly FlagDefinition Timeout = Number(
        "SECONDS", "how long a client may take to send a request, or to read a part of the answer", "600", new(1, 86400), "-to", "--timeout");

    public static readonly FlagDefinition GraceTime =
        Number("SECONDS", "how long running answers may go on when the server is stopped", "10", new(0, 3600), "--grace-time");

    public static readonly FlagDefinition MaxBodySize =
        Number("MIB", "size of a request at most", "16", new(1, 1024), "--max-body-size");

    public static readonly FlagDefinition Alias = Text("NAME", "the model's name in answers", "the name of its file", "-a", "--alias");

    public static readonly FlagDefinition Pooling =
        Text("KIND", "how a text becomes its embedding: mean, last or cls", "mean", "--pooling");

    public static readonly FlagDefinition Slots = new("--slots")
    {
        OffNames = ["--no-slots", "--slots-endpoint-disable"],
        Modes = Serving,
        Group = FlagGroup.Server,
        Help = "serve /slots, which shows what is computed, without its text",
        Default = "on",
    };

    public static readonly FlagDefinition Metrics = new("--metrics")
    {
        OffNames = ["--no-metrics"],
        Modes = Serving,
        Group = FlagGroup.Server,
        Help = "serve /metrics, for Prometheus",
        Default = "on",
    };

    public static readonly FlagDefinition NoBrowser = new("--nobrowser")
    {
        Modes = Serving,
        Group = FlagGroup.Server,
        Help = "do not show the page in the browser at the start; beside the chat it never is",
    };

    public static readonly FlagDefinition LogFormat = new("--log-format")
    {
        Kind = FlagKind.Text,
        ValueName = "FORMAT",
        Modes = Modes.Server,
        Group = FlagGroup.Server,
        Help = "text, or json: an object a line",
        Default = "text",
        Hint = "beside the chat the server writes no log",
    };

    /// <summary>All of this class.</summary>
    public static FlagDefinition[] All =>
    [
        Host, Port, UrlPrefix, ApiKey, ApiKeyFile, CorsOrigin, AllowHost, Parallel, QueueLength, CacheRam, Timeout, GraceTime, MaxBodySize,
        Alias, Pooling, Slots, Metrics, NoBrowser, LogFormat,
    ];

    private static FlagDefinition Text(string value, string help, string otherwise, params string[] names) => new(names)
    {
        Kind = FlagKind.Text,
        ValueName = value,
        Modes = Serving,
        Group = FlagGroup.Server,
        Help = help,
        Default = otherwise,
    };

    private static FlagDefinition Texts(string value, string help, params string[] names) => new(names)
    {
        Kind = FlagKind.Text,
        ValueName = value,
        Modes = Serving,
        Group = FlagGroup.Server,
        Help = help,
        Repeatable = true,
    };

    private static FlagDefinition Number(string value, string help, string otherwise, FlagRange range, params string[] names) => new(names)
    {
        Kind = FlagKind.Integer,
        ValueName = value,
        Modes = Serving,
        Group = FlagGroup.Server,
        Help = help,
        Default = otherwise,
        Range = range,
    };
}
