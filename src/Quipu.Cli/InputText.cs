using System.Text;
using Quipu.Cli.Flags;

namespace Quipu.Cli;

/// <summary>Texts that the command line names: files, and what is piped in.</summary>
internal static class InputText
{
    /// <summary>Opens a file as UTF-8 text; <c>-</c> and <c>/dev/stdin</c> are stdin.</summary>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder or may not be read.</exception>
    public static TextReader Open(string path) =>
        path is "-" or "/dev/stdin" ? StandardStreams.OpenInput() : new StreamReader(path, Encoding.UTF8);

    /// <summary>All of a file.</summary>
    /// <inheritdoc cref="Open"/>
    public static string Read(string path)
    {
        using var reader = Open(path);
        return reader.ReadToEnd();
    }

    /// <summary>A text as a prompt: a file ends with a newline that its writer did not mean.</summary>
    public static string WithoutLastNewline(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;

    /// <summary>The template of --chat-template or --chat-template-file, or null.</summary>
    /// <exception cref="UsageException">Both are given, or the text is no template.</exception>
    public static string? ReadTemplate(ParsedFlags flags)
    {
        string? text = flags.Text(GeneralFlags.ChatTemplate);
        string? path = flags.Text(GeneralFlags.ChatTemplateFile);
        if (text is not null && path is not null)
            throw new UsageException("--chat-template and --chat-template-file both give a template: give one of them.");
        if (path is not null)
            return Read(path);
        if (text is not null && !text.Contains("{{", StringComparison.Ordinal) && !text.Contains("{%", StringComparison.Ordinal))
        {
            throw new UsageException(
                $"--chat-template is '{text}', which is no Jinja template. Templates have no names here: give the text, or --chat-template-file.");
        }
        return text;
    }
}
