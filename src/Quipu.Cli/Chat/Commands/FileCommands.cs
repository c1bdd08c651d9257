using System.Text;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Chat.Commands;

/// <summary>Commands that read or write files.</summary>
internal static class FileCommands
{
    public static CommandResult Dump(ChatState state, string path)
    {
        string text = state.Render(state.Conversation.State);
        if (path.Length == 0)
        {
            state.Terminal.Write(text.EndsWith('\n') || text.Length == 0 ? text : text + "\n");
            return CommandResult.Continue;
        }
        try
        {
            File.WriteAllText(PathCompletion.ExpandHome(path), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            state.Terminal.Say($"The conversation is in {path}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            state.Terminal.Fail($"{path} cannot be written: {exception.Message}");
        }
        return CommandResult.Continue;
    }

    public static CommandResult Upload(ChatState state, string path)
    {
        if (path.Length == 0)
        {
            state.Terminal.Fail("usage: /upload FILE");
            return CommandResult.Continue;
        }
        try
        {
            var file = UploadedFile.Read(path);
            state.Conversation.Hold(state.Model.IsBaseModel ? file.Content : file.ToMessage());
            state.Terminal.Say($"{file.Name} ({Encoding.UTF8.GetByteCount(file.Content)} bytes) goes before your next message.");
        }
        catch (UploadException exception)
        {
            state.Terminal.Fail(exception.Message);
        }
        return CommandResult.Continue;
    }
}
