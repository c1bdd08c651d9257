using Quipu.Cli.Chat;
using Quipu.Cli.Chat.Terminal;
using Quipu.Engine;

namespace Quipu.Cli.Tests.Chat;

/// <summary>Whole sessions with a scripted model.</summary>
public sealed class ChatSessionTests : IDisposable
{
    private const string Opening = "<|im_start|>system\nBe brief.<|im_end|>\n";

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new() { NewLine = "\n" };
    private readonly string _folder = Directory.CreateTempSubdirectory("quipu-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Questions_are_answered_with_all_that_was_said_before()
    {
        var model = Model("Hel|lo", "Good.\n");
        await Run(model, "Hi", "", "   ", "How are you?");
        Assert.Equal("Hello\nGood.\n", _output.ToString());
        Assert.Equal(
            [
                Opening + "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
                Opening + "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nHow are you?<|im_end|>\n<|im_start|>assistant\n",
            ],
            model.Prompts);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Triple_quotes_make_one_message()
    {
        var model = Model("ok");
        await Run(model, "\"\"\"one", "two", "\"\"\"");
        Assert.Contains("user\none\ntwo<|im_end|>", Assert.Single(model.Prompts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_forget_push_pop_and_clear_change_what_the_model_sees()
    {
        var model = Model("a1", "a2", "a3", "a4", "a5", "a6");
        await Run(model, "/push", "q1", "q2", "/undo", "q3", "/forget", "q4", "/pop", "q5", "/clear", "q6");
        Assert.Equal(
            ["q1", "q1 a1 q2", "q1 a1 q3", "q3 a3 q4", "q5", "q6"],
            model.Prompts.Select(prompt => string.Join(' ', prompt[Opening.Length..].Split("<|im_end|>\n").Select(turn => turn.Split('\n')[^1]).Where(text => text.Length > 0))));
        Assert.Contains("restoring conversation to: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("forgot the oldest 2 messages, ", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/undo", "error: there is nothing to undo\n")]
    [InlineData("/forget", "error: there is nothing left to forget\n")]
    [InlineData("/pop", "error: the stack is empty (/push puts a moment on it)\n")]
    [InlineData("/stack", "The stack is empty. /push puts a moment on it.\n")]
    [InlineData("/nonsense x", "/nonsense: unrecognized command\nType /help for the list, or begin with a blank to send the line to the model.\n")]
    [InlineData("/upload", "usage: /upload FILE\n")]
    [InlineData("/upload no such file", "no such file does not exist.\n")]
    [InlineData("/manual perhaps", "/manual takes \"on\" or \"off\", not \"perhaps\".\n")]
    [InlineData("/help nonsense", "nonsense: unknown command\n")]
    [InlineData("/help /pop", "usage: /pop\nMakes the conversation what it was when /push was used last, and takes that moment from the stack.\n")]
    public async Task Commands_say_what_is_wrong(string command, string said)
    {
        await Run(Model(), command);
        Assert.Equal(said, _error.ToString());
        Assert.Empty(_output.ToString());
    }

    [Theory]
    [InlineData("/help")]
    [InlineData("/?")]
    public async Task Help_lists_every_command(string command)
    {
        await Run(Model(), command);
        string[] names = ["help", "exit", "bye", "stats", "context", "clear", "dump", "push", "pop", "stack", "undo", "forget", "manual", "upload"];
        Assert.All(names, name => Assert.Contains($"\n  /{name} ", _error.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/exit")]
    [InlineData("/bye")]
    public async Task Nothing_is_read_after_leaving(string command)
    {
        var model = Model("never");
        await Run(model, command, "Hi");
        Assert.Empty(model.Prompts);
    }

    [Fact]
    public async Task A_line_that_begins_with_a_slash_and_no_letter_is_a_message()
    {
        var model = Model("ok", "ok");
        await Run(model, "/ what is this", " /help");
        Assert.Equal(2, model.Prompts.Count);
    }

    [Fact]
    public async Task Statistics_and_context_are_shown()
    {
        await Run(Model("one|two"), "Hi", "/stats", "/context", "/push", "/stack");
        string[] lines = _error.ToString().Split('\n');
        Assert.Matches(@"^ +load: +12\.0 ms$", lines[0]);
        Assert.Matches(@"^prompt eval: +1000\.0 ms / +\d+ tokens \( *\d+\.\d\d ms per token, +\d+\.\d tokens/s\)$", lines[2]);
        Assert.Contains(lines, line => line.Contains("the cache takes 1.0 MB when full", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(" out of 4096 context tokens used (", StringComparison.Ordinal));
        Assert.Contains("A start with -c N makes it larger; the model's maximum is 8192 (-c 0).", lines);
        Assert.Equal(2, lines.Count(line => line.EndsWith("assistant onetwo<|im_end|> )", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Dump_writes_what_the_model_sees()
    {
        string path = Path.Combine(_folder, "dump.txt");
        await Run(Model("Hello"), "Hi", "/dump", "/dump " + path, "/dump " + _folder);
        string expected = Opening + "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n";
        Assert.Equal("Hello\n" + expected, _output.ToString());
        Assert.Equal(expected, File.ReadAllText(path));
        Assert.Contains($"{_folder} cannot be written: ", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_uploaded_file_goes_before_the_next_message()
    {
        string path = Path.Combine(_folder, "notes.txt");
        File.WriteAllText(path, "The cat is called Bo.\n");
        var model = Model("Bo");
        await Run(model, "/upload " + path, "What is the cat called?");
        Assert.Equal("notes.txt (22 bytes) goes before your next message.\n", _error.ToString());
        Assert.Contains("```txt\nThe cat is called Bo.\n```\n\nWhat is the cat called?<|im_end|>", Assert.Single(model.Prompts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_manual_mode_every_role_is_typed()
    {
        var model = Model("ok");
        await Run(model, "/manual on", "question", "answer", "", "", "later instructions", "/undo", "/manual off", "real question");
        Assert.Equal(
            Opening + "<|im_start|>user\nquestion<|im_end|>\n<|im_start|>assistant\nanswer<|im_end|>\n<|im_start|>user\nreal question<|im_end|>\n<|im_start|>assistant\n",
            Assert.Single(model.Prompts));
    }

    [Fact]
    public async Task What_the_template_refuses_is_said_and_not_kept()
    {
        var model = Model("ok");
        await Run(model, "/manual", "q1", "/manual", "q2", "/context", "/undo", "q3");
        Assert.Contains("The model's template refuses this conversation: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("roles must alternate", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("q1", Assert.Single(model.Prompts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_too_long_is_not_sent_and_the_remedy_is_named()
    {
        var model = Model(40, "ok");
        await Run(model, string.Concat(Enumerable.Repeat("word ", 60)), "Hi");
        Assert.Contains("the context holds 40: the message was not sent.\nMake room with /forget", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("-c 0 gives the model's maximum of 8192 tokens", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("word", Assert.Single(model.Prompts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_fills_the_context_is_kept_and_said()
    {
        var model = Model("as far as it went", "ok");
        model.Ending = FinishReason.ContextFull;
        await Run(model, "Hi", "more");
        Assert.Contains("The answer ends here: the context of 4096 tokens is full.", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("as far as it went<|im_end|>", model.Prompts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_token_that_is_shown_is_no_part_of_the_answer()
    {
        int end = new FakeChatModel().Tokenizer.FindToken("<|im_end|>")!.Value;
        var model = new FakeChatModel { ShownEnd = end };
        model.Answers.Enqueue(["yes"]);
        model.Answers.Enqueue(["no"]);
        await Run(model, "Hi", "more");
        Assert.Equal("yes<|im_end|>\nno<|im_end|>\n", _output.ToString());
        Assert.Equal(4, model.LastPrompt.Count(id => id == end)); // of the system prompt, two questions and the first answer
    }

    [Fact]
    public async Task A_base_model_goes_on_from_where_it_is()
    {
        var model = new FakeChatModel(template: null);
        model.Answers.Enqueue([" a time"]);
        model.Answers.Enqueue([" there was"]);
        await Run(model, "", "Once upon", "", "/manual");
        Assert.Equal(["Once upon", "Once upon a time"], model.Prompts);
        Assert.Contains("/manual: unrecognized command", _error.ToString(), StringComparison.Ordinal);
    }

    private static FakeChatModel Model(params string[] answers) => Model(4096, answers);

    private static FakeChatModel Model(int context, params string[] answers)
    {
        var model = new FakeChatModel { ContextLength = context };
        foreach (string answer in answers)
            model.Answers.Enqueue(answer.Split('|'));
        return model;
    }

    private async Task Run(FakeChatModel model, params string[] lines)
    {
        var terminal = new ChatTerminal
        {
            Lines = new PlainLineReader(new StringReader(string.Join('\n', lines) + "\n")),
            Output = _output,
            Error = _error,
            Status = new StatusLine(_error, isTerminal: false, color: false),
        };
        var conversation = model.IsBaseModel ? new Conversation() : new Conversation(new ChatMessage(ChatRoles.System, "Be brief."));
        var state = new ChatState(model, terminal, conversation, new SessionStatistics(TimeSpan.FromMilliseconds(12)));
        using var interrupts = new Interrupts();
        await new ChatSession(state, interrupts, verbose: false).RunAsync(TestContext.Current.CancellationToken);
    }
}
