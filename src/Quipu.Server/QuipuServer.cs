using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quipu.Engine.Scheduling;
using Quipu.Server.Operation;
using Quipu.Server.Security;

namespace Quipu.Server;

/// <summary>The model over HTTP. The scheduler belongs to whoever gave it.</summary>
public sealed class QuipuServer : IAsyncDisposable
{
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly ServerCore _core;
    private readonly Gate _gate;
    private bool _stopped;

    private QuipuServer(WebApplication app, ServerCore core, Gate gate, int port)
    {
        _app = app;
        _core = core;
        _gate = gate;
        Port = port;
    }

    /// <summary>The port that it listens on, which may be above the one asked for.</summary>
    public int Port { get; }

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsOnLoopback => HostCheck.IsLoopback(_core.Options.Host);

    /// <summary>All endpoints, as method and path.</summary>
    internal IEnumerable<string> Endpoints => ((IEndpointRouteBuilder)_app).DataSources
        .SelectMany(source => source.Endpoints)
        .OfType<RouteEndpoint>()
        .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            .Where(method => method != HttpMethods.Head)
            .Select(method => $"{method} {route.RoutePattern.RawText}"));

    /// <summary>Where a person on this machine finds the page.</summary>
    public string Url
    {
        get
        {
            string host = _core.Options.Host is "0.0.0.0" or "::" or "*" ? "127.0.0.1" : _core.Options.Host;
            if (host.Contains(':', StringComparison.Ordinal) && host[0] != '[')
                host = $"[{host}]";
            return $"http://{host}:{Port}{Routes.Prefix(_core.Options)}/";
        }
    }

    /// <summary>Starts to listen, on a higher port where the one asked for is taken.</summary>
    /// <param name="scheduler">Who computes.</param>
    /// <param name="options">How to listen, and whom to serve.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="IOException">No port is free, or the host cannot be listened on; the message says which.</exception>
    public static async Task<QuipuServer> StartAsync(
        InferenceScheduler scheduler, ServerOptions options, CancellationToken cancellationToken = default)
    {
        var addresses = await AddressesAsync(options.Host, cancellationToken).ConfigureAwait(false);
        int last = options.Port == 0 ? 0 : Math.Min(options.Port + options.MorePorts, IPEndPoint.MaxPort);
        for (int port = options.Port; ; port++)
        {
            var core = new ServerCore(scheduler, options, new ServerMetrics());
            var gate = new Gate(options);
            var app = Build(core, gate, addresses, port);
            try
            {
                await app.StartAsync(cancellationToken).ConfigureAwait(false);
                return new QuipuServer(app, core, gate, BoundPort(app, port));
            }
            catch (IOException error)
            {
                await app.DisposeAsync().ConfigureAwait(false);
                core.Dispose();
                if (error.InnerException is not AddressInUseException)
                    throw new IOException($"The server cannot listen on {options.Host}, port {port}: {error.Message}", error);
                if (port >= last)
                    throw new IOException(
                        $"The ports {options.Port} to {last} of {options.Host} are all taken. Choose another with --port.", error);
            }
            catch (SocketException error)
            {
                await app.DisposeAsync().ConfigureAwait(false);
                core.Dispose();
                throw new IOException($"The server cannot listen on {options.Host}, port {port}: {error.Message}.", error);
            }
        }
    }

    /// <summary>
    /// Stops: takes no new requests, lets running answers go on for the grace time, ends those that are left with an error that their
    /// clients can read, and closes.
    /// </summary>
    public async Task StopAsync()
    {
        if (_stopped)
            return;
        _stopped = true;
        _gate.Close();
        using var grace = new CancellationTokenSource(_core.Options.GraceTime);
        await using var end = grace.Token.Register(_core.EndGenerations).ConfigureAwait(false);
        using var closing = new CancellationTokenSource(_core.Options.GraceTime + ClosingTime);
        await _app.StopAsync(closing.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _core.Dispose();
    }

    private static WebApplication Build(ServerCore core, Gate gate, IPAddress[] addresses, int port)
    {
        var options = core.Options;
        // Empty: no settings file of some working directory and no environment variable has a say here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var log = new ServerLog(options.Log, options.LogFormat, options.LogDetail);
        builder.Logging.AddProvider(log);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Limit(kestrel, options);
            foreach (var address in addresses)
                kestrel.Listen(address, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        // The host would listen for Ctrl-C and SIGTERM itself; the program does that, and calls StopAsync.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.GraceTime + ClosingTime);
        var app = builder.Build();
        var observer = new Observer(log, core.Metrics);
        app.Use(next => context => observer.InvokeAsync(context, next));
        app.Use(next => context => Routes.TakePrefixAsync(context, Routes.Prefix(options), next));
        app.Use(next => context => gate.InvokeAsync(context, next));
        app.UseRouting();
        Routes.Map(app, core);
        app.UseEndpoints(_ => { });
        return app;
    }

    private static void Limit(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = options.MaxBodyBytes;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestHeadersTotalSize = 32 << 10;
        limits.MaxRequestLineSize = 8 << 10;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(Math.Min(30, options.Timeout.TotalSeconds));
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        // A client that trickles its request, or takes an answer in drops, is cut off.
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        var grace = TimeSpan.FromSeconds(Math.Clamp(options.Timeout.TotalSeconds, 2, 30));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: grace);
    }

    private static int BoundPort(WebApplication app, int asked)
    {
        if (asked != 0)
            return asked;
        var features = app.Services.GetRequiredService<IServer>().Features;
        string address = features.Get<IServerAddressesFeature>()!.Addresses.First();
        return BindingAddress.Parse(address).Port;
    }

    private static async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        if (host == "*")
            return [IPAddress.Any];
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return [IPAddress.Loopback];
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
            return [address];
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false) is { Length: > 0 } found
                ? found
                : throw new IOException($"The host name {host} has no address.");
        }
        catch (SocketException error)
        {
            throw new IOException($"The server cannot listen on {host}: {error.Message}.", error);
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
