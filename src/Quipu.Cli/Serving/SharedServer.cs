using Quipu.Cli.Flags;
using Quipu.Engine.Scheduling;
using Quipu.Server;

namespace Quipu.Cli.Serving;

/// <summary>The server beside the chat. Both share one scheduler, and so the weights, the cache and the processor.</summary>
internal sealed class SharedServer : IAsyncDisposable
{
    private readonly QuipuServer? _server;

    private SharedServer(InferenceScheduler scheduler, QuipuServer? server, string description)
    {
        Scheduler = scheduler;
        _server = server;
        Description = description;
    }

    /// <summary>Who computes.</summary>
    public InferenceScheduler Scheduler { get; }

    /// <summary>Where the server listens, or why there is none: the chat goes on without.</summary>
    public string Description { get; }

    /// <summary>Makes the scheduler and starts the server.</summary>
    public static async Task<SharedServer> StartAsync(ParsedFlags flags, OpenModel open)
    {
        var options = ServerFlagReader.Read(flags, log: null);
        var scheduler = new InferenceScheduler(open.Model, open.Device, ServerFlagReader.ReadScheduler(flags));
        try
        {
            var server = await QuipuServer.StartAsync(scheduler, options).ConfigureAwait(false);
            return new SharedServer(scheduler, server, server.Url);
        }
        catch (IOException error)
        {
            return new SharedServer(scheduler, null, "none. " + error.Message);
        }
        catch
        {
            await scheduler.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Refuses flags of the server where there is none.</summary>
    /// <exception cref="UsageException">One was given.</exception>
    public static void RefuseFlags(ParsedFlags flags)
    {
        foreach (var flag in ServerFlags.All)
            if (flags.Has(flag))
                throw new UsageException($"{flag.Name} means nothing with --chat, which has no server. Leave --chat out to have both.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        await Scheduler.DisposeAsync().ConfigureAwait(false);
    }
}
