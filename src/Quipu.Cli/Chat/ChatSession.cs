using Quipu.Cli.Chat.Commands;
using Quipu.Cli.Chat.Terminal;
using Quipu.Engine;
using Quipu.Templates;
using Quipu.Tokenizers;

namespace Quipu.Cli.Chat;

/// <summary>The loop of the chat: a line is read; it is a command, or a message that the model answers.</summary>
internal sealed class ChatSession
{
    private readonly IChatModel _model;
    private readonly ChatTerminal _terminal;
    private readonly ChatState _state;
    private readonly Interrupts _interrupts;
    private readonly CommandTable _commands;
    private readonly bool _verbose;
    private bool _hinted;

    /// <summary>Makes a session.</summary>
    /// <param name="state">The conversation and what belongs to it.</param>
    /// <param name="interrupts">Makes Ctrl-C stop an answer.</param>
    /// <param name="verbose">Whether to say what each answer took.</param>
    public ChatSession(ChatState state, Interrupts interrupts, bool verbose)
    {
        _state = state;
        _model = state.Model;
        _terminal = state.Terminal;
        _interrupts = interrupts;
        _verbose = verbose;
        _commands = CommandTable.For(state.Model.IsBaseModel);
    }

    /// <summary>Runs until the user leaves.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var line = _terminal.Lines.Read(Request());
            if (line.Ending != LineEnding.Text)
                return;
            string text = line.Text.TrimEnd('\r', '\n');
            if (CommandTable.IsCommand(text))
            {
                if (_commands.Run(text, _state) == CommandResult.Exit)
                    return;
            }
            else
            {
                await TakeAsync(MultilineInput.Unquote(text), cancellationToken);
            }
        }
    }

    private LineRequest Request()
    {
        var completion = new CommandCompletion(_commands);
        var request = new LineRequest
        {
            PromptColor = ChatRoles.Color(_state.Speaker),
            EmptyHint = EmptyHint(),
            Complete = completion.Complete,
            Hint = completion.Hint,
            IsOpen = MultilineInput.IsOpen,
        };
        _hinted = true;
        return request;
    }

    private string EmptyHint() => _state.IsManual ? _state.Speaker
        : _hinted ? ""
        : _model.IsBaseModel ? "type the beginning of a text (or /help for help)"
        : "say something (or type /help for help)";

    private async Task TakeAsync(string text, CancellationToken cancellationToken)
    {
        bool empty = string.IsNullOrWhiteSpace(text);
        if (_state.IsManual)
        {
            if (empty)
                _state.CycleSpeaker();
            else
                _state.AddManual(text);
            return;
        }
        // A base model goes on from where it is; a conversation needs words.
        if (empty && (!_model.IsBaseModel || _state.Conversation.Messages.IsEmpty))
            return;
        var before = _state.Conversation.State;
        if (!empty || !_model.IsBaseModel)
            _state.Conversation.Add(ChatRoles.User, text);
        if (!await AnswerAsync(cancellationToken))
            _state.Conversation.State = before;
    }

    // The template writes the token that ends a turn; with --special the answer shows it too.
    private string ControlMark(int token) =>
        token >= 0 && _model.Tokenizer.Kind(token) == TokenKind.Control ? _model.Tokenizer.Piece(token) : "";

    /// <summary>Generates the next message.</summary>
    /// <returns>False where the conversation must go back to what it was before the question.</returns>
    private async Task<bool> AnswerAsync(CancellationToken cancellationToken)
    {
        int[] prompt;
        try
        {
            prompt = _state.Prompts.Build(_state.Conversation.Messages, addGenerationPrompt: true);
        }
        catch (TemplateException exception)
        {
            _terminal.Fail($"The model's template refuses this conversation: {exception.Message} Use /undo or /clear.");
            return false;
        }
        if (prompt.Length >= _model.ContextLength)
        {
            _terminal.Fail(ContextMessages.TooLong(prompt.Length, _model));
            return false;
        }
        return await GenerateAsync(prompt, cancellationToken);
    }

    private async Task<bool> GenerateAsync(int[] prompt, CancellationToken cancellationToken)
    {
        var answer = new AnswerWriter(_terminal, !_model.IsBaseModel, _state.EndsInThought());
        var finish = FinishReason.None;
        bool stopped = false;
        using (var scope = _interrupts.Begin(cancellationToken))
        {
            try
            {
                await foreach (var step in _model.GenerateAsync(prompt, _terminal.Status, scope.Token).ConfigureAwait(false))
                {
                    _terminal.Status.Clear();
                    answer.Write(step.Text, ControlMark(step.Token));
                    finish = step.Finish;
                }
            }
            catch (OperationCanceledException) when (scope.Token.IsCancellationRequested)
            {
                stopped = true;
            }
            finally
            {
                _terminal.Status.Clear();
                answer.End(stopped);
            }
        }
        _state.Statistics.Add(_model.Statistics);
        // Stopped while the prompt was loading: nothing was said.
        if (stopped && answer.Text.Length == 0)
            return false;
        _state.Conversation.Add(ChatRoles.Assistant, answer.Text);
        if (finish == FinishReason.ContextFull)
            _terminal.Fail(ContextMessages.Full(_model));
        if (_verbose)
            _terminal.Say(_state.Statistics.DescribeLast());
        return true;
    }
}
