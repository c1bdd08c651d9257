using Quipu.Cli.Chat;
using Quipu.Cli.Flags;
using Quipu.Engine.Scheduling;
using Quipu.Server;

namespace Quipu.Cli.Serving;

/// <summary>The server: opens the model, listens, and serves until it is told to stop.</summary>
internal static class ServerMode
{
    /// <summary>Runs it.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="streams">Where to write.</param>
    /// <param name="enter">Told what begins.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ParsedFlags flags, StandardStreams streams, Action<Stage> enter)
    {
        var options = ServerFlagReader.Read(flags, streams.Error);
        var schedulerOptions = ServerFlagReader.ReadScheduler(flags);
        var log = new RunLog(flags, streams.Error);
        using var open = OpenModel.Open(flags, schedulerOptions.ContextLength, enter, withContext: false);
        enter(Stage.Context);
        await using var scheduler = new InferenceScheduler(open.Model, open.Device, schedulerOptions);
        enter(Stage.Arguments);
        // Before anybody is told that the server is there: whoever reads that line may stop it at once.
        using var signal = new StopSignal();
        await using var server = await QuipuServer.StartAsync(scheduler, options).ConfigureAwait(false);
        enter(Stage.Evaluation);
        Describe(flags, streams, log, open, scheduler, server, options);
        if (!flags.IsOn(ServerFlags.NoBrowser) && Browser.HasDisplay && Browser.Show(server.Url) is { } reason)
            log.Line($"browser: could not be started ({reason}); open {server.Url} yourself");
        await signal.WaitAsync().ConfigureAwait(false);
        log.Line("stopping: running answers may take " + options.GraceTime.TotalSeconds + " s more; another Ctrl-C ends them now");
        await server.StopAsync().ConfigureAwait(false);
        return Failure.Success;
    }

    private static void Describe(
        ParsedFlags flags, StandardStreams streams, RunLog log, OpenModel open, InferenceScheduler scheduler, QuipuServer server, ServerOptions options)
    {
        if (!flags.IsOn(TextFlags.NoLogo) && !flags.IsOn(TextFlags.LogDisable) && !Console.IsErrorRedirected)
            streams.Error.Write(Banner.Logo(flags.IsOn(TextFlags.Ascii), ColorPolicy.UseColor(ColorMode.Auto, true, Environment.GetEnvironmentVariable)));
        var snapshot = scheduler.Snapshot();
        log.Describe(open.Model, open.Device);
        log.Line($"context: {scheduler.ContextLength} tokens for each of {RunLog.Count(snapshot.Slots.Length, "slot")}");
        if (options.ApiKeys.IsEmpty && !server.IsOnLoopback)
            log.Line($"warning: everybody who reaches {options.Host} can use this server; --api-key-file asks for a key");
        log.Line($"server:  listening at {server.Url}");
    }
}
