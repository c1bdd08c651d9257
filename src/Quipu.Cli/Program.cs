using Quipu.Cli;
using Quipu.Cli.Chat;
using Quipu.Cli.Flags;
using Quipu.Cli.Script;
using Quipu.Cli.Serving;
using Quipu.Cli.Tools;

using var streams = new StandardStreams();
var stage = Stage.Arguments;
try
{
    var flags = FlagParser.Parse(OwnContainer.Expand(args));
    int exitCode = await RunAsync(flags, streams, entered => stage = entered).ConfigureAwait(false);
    streams.Output.Flush();
    return exitCode;
}
#pragma warning disable CA1031 // The last place that can turn an exception into a sentence.
catch (Exception error)
#pragma warning restore CA1031
{
    return Failure.Report(error, stage, args.Contains("--verbose") || args.Contains("-v"), streams.Error);
}

static async Task<int> RunAsync(ParsedFlags flags, StandardStreams streams, Action<Stage> enter)
{
    if (flags.IsOn(GeneralFlags.Help))
    {
        streams.Output.Write(Help.Of(flags.Mode));
        return Failure.Success;
    }
    if (flags.IsOn(GeneralFlags.Version))
    {
        streams.Output.WriteLine("quipu " + ProgramVersion.Text);
        return Failure.Success;
    }
    return flags.Mode switch
    {
        Modes.Script => await ScriptMode.RunAsync(flags, streams, enter).ConfigureAwait(false),
        _ when ModeNames.Command(flags.Mode).Length > 0 => ToolRunner.Run(flags, streams, enter),
        Modes.Server => await ServerMode.RunAsync(flags, streams, enter).ConfigureAwait(false),
        _ => await ChatMode.RunAsync(flags, streams, enter).ConfigureAwait(false),
    };
}
