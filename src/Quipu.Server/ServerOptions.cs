using System.Collections.Immutable;
using Quipu.Engine;
using Quipu.Engine.Scheduling;
using Quipu.Server.Operation;

namespace Quipu.Server;

/// <summary>How the server listens, whom it serves, and what requests get that do not say otherwise.</summary>
public sealed record ServerOptions
{
    /// <summary>Address or name to listen on.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port to listen on; 0: any that is free.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>How many ports above <see cref="Port"/> are tried where it is taken.</summary>
    public int MorePorts { get; init; } = 10;

    /// <summary>What all paths begin with, such as <c>/llm</c>; empty: nothing.</summary>
    public string UrlPrefix { get; init; } = "";

    /// <summary>Keys of which a request must show one; empty: everybody may ask.</summary>
    public ImmutableArray<string> ApiKeys { get; init; } = [];

    /// <summary>Origins of foreign pages that may ask, such as <c>https://example.org</c>, or <c>*</c>; empty: none.</summary>
    public ImmutableArray<string> CorsOrigins { get; init; } = [];

    /// <summary>Names, beside those of the machine itself, that a request may address a loopback server by, as behind a proxy.</summary>
    public ImmutableArray<string> AllowedHosts { get; init; } = [];

    /// <summary>How long a client may take to send its request, or to take a part of the answer, before it is let go.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>How long running answers may go on when the server is told to stop.</summary>
    public TimeSpan GraceTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a request's body at most.</summary>
    public long MaxBodyBytes { get; init; } = 16L << 20;

    /// <summary>Requests at once, of any kind; more are refused with 503.</summary>
    public int MaxRequests { get; init; } = 1024;

    /// <summary>Connections at once; more are closed.</summary>
    public int MaxConnections { get; init; } = 2048;

    /// <summary>Whether <c>/slots</c> is served.</summary>
    public bool SlotsEndpoint { get; init; } = true;

    /// <summary>Whether <c>/metrics</c> is served.</summary>
    public bool MetricsEndpoint { get; init; } = true;

    /// <summary>The model's name in answers and lists; null: its file's name.</summary>
    public string? ModelAlias { get; init; }

    /// <summary>What requests get that do not say otherwise.</summary>
    public GenerationOptions Generation { get; init; } = new();

    /// <summary>How the hidden states of a text become its embedding.</summary>
    public EmbeddingPooling Pooling { get; init; } = EmbeddingPooling.Mean;

    /// <summary>The system prompt of conversations that bring none; null: none.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>The program's name and version, for <c>/props</c> and the OpenAPI document.</summary>
    public string Version { get; init; } = "";

    /// <summary>Where the log goes; null: nowhere.</summary>
    public TextWriter? Log { get; init; }

    /// <summary>How the log is written.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>What is written.</summary>
    public LogDetail LogDetail { get; init; } = LogDetail.Requests;
}
