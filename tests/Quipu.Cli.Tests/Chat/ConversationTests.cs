using Quipu.Cli.Chat;
using Quipu.Engine;

namespace Quipu.Cli.Tests.Chat;

/// <summary>The list of messages and what the commands do to it.</summary>
public class ConversationTests
{
    [Fact]
    public void Undo_takes_the_last_exchange_and_forget_the_first()
    {
        var conversation = New("q1", "a1", "q2", "a2");
        Assert.True(conversation.Undo(messageOnly: false));
        Assert.Equal(["system", "q1", "a1"], Contents(conversation));
        conversation = New("q1", "a1", "q2", "a2");
        Assert.True(conversation.Forget(messageOnly: false));
        Assert.Equal(["system", "q2", "a2"], Contents(conversation));
        Assert.True(conversation.Forget(messageOnly: false));
        Assert.False(conversation.Forget(messageOnly: false));
        Assert.False(conversation.Undo(messageOnly: false));
        Assert.Equal(["system"], Contents(conversation));
    }

    [Fact]
    public void A_question_without_an_answer_is_an_exchange_too()
    {
        var conversation = New("q1", "a1", "q2");
        Assert.True(conversation.Undo(messageOnly: false));
        Assert.Equal(["system", "q1", "a1"], Contents(conversation));
    }

    [Fact]
    public void Single_messages_are_taken_where_asked()
    {
        var conversation = New("q1", "a1", "q2");
        Assert.True(conversation.Undo(messageOnly: true));
        Assert.True(conversation.Forget(messageOnly: true));
        Assert.Equal(["system", "a1"], Contents(conversation));
    }

    [Fact]
    public void Pop_goes_back_to_each_push_in_turn_and_clear_forgets_them()
    {
        var conversation = New();
        conversation.Push();
        conversation.Add(ChatRoles.User, "q1");
        conversation.Push();
        conversation.Add(ChatRoles.Assistant, "a1");
        Assert.True(conversation.Pop());
        Assert.Equal(["system", "q1"], Contents(conversation));
        Assert.True(conversation.Pop());
        Assert.Equal(["system"], Contents(conversation));
        Assert.False(conversation.Pop());
        conversation.Push();
        conversation.Clear();
        Assert.Empty(conversation.Stack);
    }

    [Fact]
    public void Files_wait_for_the_user_s_next_message()
    {
        var conversation = New();
        conversation.Hold("file 1");
        conversation.Hold("file 2");
        conversation.Add(ChatRoles.Assistant, "hello");
        conversation.Add(ChatRoles.User, "question");
        conversation.Add(ChatRoles.User, "another");
        Assert.Equal(["system", "hello", "file 1\n\nfile 2\n\nquestion", "another"], Contents(conversation));
        conversation.Hold("file 3");
        Assert.True(conversation.Undo(messageOnly: false));
        Assert.Empty(conversation.State.Held);
        Assert.Equal(4, conversation.Messages.Count);
    }

    [Theory]
    [InlineData("\"\"\"", true, "")]
    [InlineData("\"\"\"a", true, "a")]
    [InlineData("\"\"\"a\nb\"\"\"", false, "a\nb")]
    [InlineData("\"\"\"\na\nb\n\"\"\"", false, "a\nb")]
    [InlineData("  \"\"\"a\"\"\" ", false, "a")]
    [InlineData("a \"\"\" b", false, "a \"\"\" b")]
    [InlineData("plain", false, "plain")]
    public void Triple_quotes_hold_several_lines(string text, bool open, string unquoted)
    {
        Assert.Equal(open, MultilineInput.IsOpen(text));
        Assert.Equal(unquoted, MultilineInput.Unquote(text));
    }

    [Fact]
    public void A_file_is_shown_between_fences_that_it_does_not_hold()
    {
        string folder = Directory.CreateTempSubdirectory("quipu-").FullName;
        try
        {
            string path = Path.Combine(folder, "note.md");
            File.WriteAllText(path, "\uFEFF````\nx\n````");
            var file = UploadedFile.Read(path);
            Assert.Equal("note.md", file.Name);
            Assert.EndsWith("\n\n`````md\n````\nx\n````\n`````", file.ToMessage(), StringComparison.Ordinal);
            Assert.StartsWith("- **Filename**: note.md\n- **Last modified**: ", file.ToMessage(), StringComparison.Ordinal);

            File.WriteAllBytes(Path.Combine(folder, "a.bin"), [1, 0, 2]);
            File.WriteAllText(Path.Combine(folder, "a.png"), "x");
            Assert.Contains("binary", Refusal("a.bin"), StringComparison.Ordinal);
            Assert.Contains("image", Refusal("a.png"), StringComparison.Ordinal);
            Assert.Contains("folder", Refusal("."), StringComparison.Ordinal);
            Assert.Contains("does not exist", Refusal("missing.txt"), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Refusal(string name) => Assert.Throws<UploadException>(() => UploadedFile.Read(Path.Combine(folder, name))).Message;
    }

    private static Conversation New(params string[] turns)
    {
        var conversation = new Conversation(new ChatMessage(ChatRoles.System, "system"));
        for (int i = 0; i < turns.Length; i++)
            conversation.Add(i % 2 == 0 ? ChatRoles.User : ChatRoles.Assistant, turns[i]);
        return conversation;
    }

    private static string[] Contents(Conversation conversation) => [.. conversation.Messages.Select(message => message.Content)];
}
