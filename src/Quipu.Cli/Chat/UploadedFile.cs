using System.Globalization;
using System.Text;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Chat;

/// <summary>A file cannot be given to the model; the message says why.</summary>
internal sealed class UploadException(string message) : Exception(message);

/// <summary>A text file that is given to the model.</summary>
/// <param name="Name">Its name, without folders.</param>
/// <param name="Content">Its text.</param>
/// <param name="Modified">When it was changed last.</param>
internal sealed record UploadedFile(string Name, string Content, DateTime Modified)
{
    // Far more than any context holds, and little enough to read.
    private const long MostBytes = 64L << 20;

    private static readonly string[] ImageExtensions = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="UploadException">It is missing, cannot be read, is an image or no text at all, or is too large.</exception>
    public static UploadedFile Read(string path)
    {
        string full = PathCompletion.ExpandHome(path);
        if (Directory.Exists(full))
            throw new UploadException($"{path} is a folder. Give the path of a text file.");
        if (!File.Exists(full))
            throw new UploadException($"{path} does not exist.");
        if (ImageExtensions.Contains(Path.GetExtension(full).ToLowerInvariant()))
            throw new UploadException($"{path} is an image, and this build cannot see: only text files can be given to the model.");
        byte[] bytes = ReadBytes(path, full);
        if (bytes.AsSpan().Contains((byte)0))
            throw new UploadException($"{path} is a binary file (it holds zero bytes); only text files can be given to the model.");
        string text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetString(bytes).TrimStart('\uFEFF');
        return new UploadedFile(Path.GetFileName(full), text, File.GetLastWriteTimeUtc(full));
    }

    /// <summary>What the model is shown: the name, the time, and the text between fences longer than any in it.</summary>
    public string ToMessage()
    {
        string fence = new('`', Math.Max(3, LongestRun(Content, '`') + 1));
        string language = Path.GetExtension(Name).TrimStart('.');
        string end = Content.EndsWith('\n') ? "" : "\n";
        string time = Modified.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return $"- **Filename**: {Name}\n- **Last modified**: {time}\n\n{fence}{language}\n{Content}{end}{fence}";
    }

    private static byte[] ReadBytes(string path, string full)
    {
        try
        {
            long length = new FileInfo(full).Length;
            if (length > MostBytes)
                throw new UploadException($"{path} has {length >> 20} MB; more than {MostBytes >> 20} MB cannot be given to the model.");
            return File.ReadAllBytes(full);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UploadException($"{path} cannot be read: {exception.Message}");
        }
    }

    private static int LongestRun(string text, char value)
    {
        int longest = 0;
        int run = 0;
        foreach (char next in text)
        {
            run = next == value ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
