using Quipu.Cli.Chat.Terminal;
using Quipu.Cli.Flags;
using Quipu.Cli.Serving;
using Quipu.Engine;
using Quipu.Templates;

namespace Quipu.Cli.Chat;

/// <summary>The chat: opens the model as the flags say, shows what runs, and talks until the user leaves.</summary>
internal static class ChatMode
{
    private const int DefaultContextLength = 8192;

    // docs/decisions/0005-chat.md: greedy small models go round in circles.
    private const float DefaultTemperature = 0.8f;

    /// <summary>Runs it.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="streams">Where to write.</param>
    /// <param name="enter">Told what begins.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ParsedFlags flags, StandardStreams streams, Action<Stage> enter)
    {
        bool errorIsTerminal = !Console.IsErrorRedirected && streams.HasSequences;
        bool errorColor = ColorPolicy.UseColor(ColorMode.Auto, errorIsTerminal, Environment.GetEnvironmentVariable);
        var status = new StatusLine(streams.Error, errorIsTerminal, errorColor);
        // What is wrong with the flags is said before a model is loaded.
        var generation = GenerationFlagReader.Read(flags, DefaultTemperature);
        if (flags.Has(TextFlags.SystemPrompt) && flags.Has(TextFlags.Prompt))
            throw new UsageException("In the chat -p is the system prompt, as --system-prompt is: give one of them.");
        var upload = flags.Text(TextFlags.InputFile) is { } path ? UploadedFile.Read(path) : null;
        bool alone = flags.Has(GeneralFlags.Chat);
        if (alone)
            SharedServer.RefuseFlags(flags);
        status.Show("loading model...");
        OpenModel open;
        try
        {
            open = OpenModel.Open(flags, DefaultContextLength, enter, withContext: alone);
        }
        finally
        {
            status.Clear();
        }

        using (open)
        {
            var options = ReadOptions(flags, open, generation);
            enter(Stage.Evaluation);
            if (alone)
            {
                using var own = new EngineChatModel(options.Model, open.Context, options.Generation);
                return await RunAsync(options, own, upload, streams, status, errorColor).ConfigureAwait(false);
            }
            status.Show("launching server...");
            await using var shared = await SharedServer.StartAsync(flags, open).ConfigureAwait(false);
            status.Clear();
            var model = new SchedulerChatModel(shared.Scheduler, options.Generation);
            return await RunAsync(options with { Server = shared.Description }, model, upload, streams, status, errorColor).ConfigureAwait(false);
        }
    }

    private static async Task<int> RunAsync(
        ChatOptions options, IChatModel model, UploadedFile? upload, StandardStreams streams, StatusLine status, bool errorColor)
    {
        bool isTerminal = !Console.IsOutputRedirected && streams.HasSequences;
        bool color = ColorPolicy.UseColor(options.Color, isTerminal, Environment.GetEnvironmentVariable);
        using var keys = OpenKeys(streams);
        using var input = StandardStreams.OpenInput();
        var terminal = new ChatTerminal
        {
            Lines = keys.Source is null ? new PlainLineReader(input) : NewEditor(keys.Source, streams, color, status),
            Output = streams.Output,
            Error = streams.Error,
            Color = color,
            ErrorColor = errorColor,
            Status = status,
        };
        var state = new ChatState(model, terminal, NewConversation(options, upload), new SessionStatistics(options.LoadTime));
        Introduce(options, state);
        using var interrupts = new Interrupts(keys.RestoreTerminal);
        await PrepareAsync(state, interrupts).ConfigureAwait(false);
        await new ChatSession(state, interrupts, options.Verbose).RunAsync(CancellationToken.None).ConfigureAwait(false);
        return Failure.Success;
    }

    private static ChatOptions ReadOptions(ParsedFlags flags, OpenModel open, GenerationOptions generation)
    {
        bool escape = flags.IsOn(TextFlags.Escape, otherwise: true);
        var device = open.Device.Description;
        string? system = flags.Text(TextFlags.SystemPrompt) ?? flags.Text(TextFlags.Prompt);
        return new ChatOptions
        {
            Model = open.Model,
            Generation = generation,
            SystemPrompt = system is not null && escape ? Escapes.Read(system) : system,
            ShowLogo = !flags.IsOn(TextFlags.NoLogo),
            Ascii = flags.IsOn(TextFlags.Ascii),
            Color = flags.IsOn(TextFlags.Color) ? ColorMode.Always : ColorMode.Auto,
            ShowSpecial = flags.IsOn(TextFlags.Special),
            DisplayPrompt = flags.IsOn(TextFlags.DisplayPrompt, otherwise: true),
            DeviceDescription = $"{device.Name}, {device.InstructionSet}, {RunLog.Count(device.Threads, "thread")}",
            LoadTime = open.LoadTime,
            Verbose = flags.IsOn(GeneralFlags.Verbose),
        };
    }

    private static Conversation NewConversation(ChatOptions options, UploadedFile? upload)
    {
        string? system = options.SystemPrompt ?? (options.Model.IsBaseModel ? null : ChatOptions.DefaultSystemPrompt);
        var conversation = string.IsNullOrEmpty(system)
            ? new Conversation()
            : new Conversation(new ChatMessage(options.Model.IsBaseModel ? ChatRoles.User : ChatRoles.System, system));
        if (upload is not null)
            conversation.Hold(options.Model.IsBaseModel ? upload.Content : upload.ToMessage());
        return conversation;
    }

    private static void Introduce(ChatOptions options, ChatState state)
    {
        var terminal = state.Terminal;
        if (options.ShowLogo)
        {
            List<(string, string)> lines = [("software", "quipu " + ProgramVersion.Text), ("model", options.Model.FileName)];
            if (options.Model.IsBaseModel)
                lines.Add(("mode", "RAW TEXT COMPLETION (base model)"));
            lines.Add(("compute", options.DeviceDescription));
            if (options.Server is not null)
                lines.Add(("server", options.Server));
            terminal.Say(Banner.Logo(options.Ascii, terminal.ErrorColor) + Banner.Information(lines, terminal.ErrorColor));
        }

        if (options.DisplayPrompt && state.Conversation.Messages is [var system, ..])
            terminal.Say((options.ShowSpecial ? state.Render(state.Conversation.State) : system.Content) + "\n");
    }

    /// <summary>Computes the opening while the user reads it.</summary>
    private static async Task PrepareAsync(ChatState state, Interrupts interrupts)
    {
        if (state.Conversation.Messages.IsEmpty)
            return;
        int[] prompt;
        try
        {
            prompt = state.Prompts.Build(state.Conversation.Messages, addGenerationPrompt: false);
        }
        catch (TemplateException)
        {
            return; // Some templates want a question first; the opening is then computed with it.
        }

        if (prompt.Length == 0 || prompt.Length >= state.Model.ContextLength)
            return; // What does not fit is said with the numbers when the first message comes.
        using var scope = interrupts.Begin(CancellationToken.None);
        try
        {
            await state.Model.PrepareAsync(prompt, state.Terminal.Status, scope.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (scope.Token.IsCancellationRequested)
        {
            state.Terminal.Say("The system prompt will be loaded with your first message.");
        }
        finally
        {
            state.Terminal.Status.Clear();
        }
    }

    private static LineEditor NewEditor(IKeySource keys, StandardStreams streams, bool color, StatusLine status)
    {
        var history = new History();
        var file = HistoryFile.DefaultPath is { } path ? new HistoryFile(path) : null;
        try
        {
            file?.Load(history);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            streams.Error.WriteLine($"The history is not kept: {error.Message}");
            file = null;
        }

        return new LineEditor(keys, streams.Output, TerminalSize, color, history, Keep);

        void Keep(string line)
        {
            try
            {
                file?.Append(line);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                file = null;
                status.Clear();
                streams.Error.WriteLine($"The history is not kept: {error.Message}");
            }
        }
    }

    private static (int Columns, int Rows) TerminalSize() => (Math.Max(20, Console.WindowWidth), Math.Max(2, Console.WindowHeight));

    private static KeySource OpenKeys(StandardStreams streams)
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected || !streams.HasSequences)
            return new KeySource(null);
        if (OperatingSystem.IsWindows())
            return new KeySource(new WindowsKeySource());
        return new KeySource(UnixKeySource.IsAvailable ? new UnixKeySource() : null);
    }

    /// <summary>Where keys come from, if there is a terminal.</summary>
    private readonly record struct KeySource(IKeySource? Source) : IDisposable
    {
        public void RestoreTerminal() => (Source as UnixKeySource)?.RestoreTerminal();

        public void Dispose() => (Source as IDisposable)?.Dispose();
    }
}
