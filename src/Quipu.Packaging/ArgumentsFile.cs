using System.Text;

namespace Quipu.Packaging;

/// <summary>
/// The arguments that a container carries, as llamafile has them: one a line, without quotes or escapes. A line <c>...</c> stands for
/// the user's arguments; without it they replace the stored ones. Empty lines are skipped.
/// </summary>
public static class ArgumentsFile
{
    /// <summary>The line that stands for the user's arguments.</summary>
    public const string Rest = "...";

    /// <summary>Bytes of it at most.</summary>
    public const int Limit = 1 << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a container's arguments; null where it has none.</summary>
    /// <exception cref="PackagingException">They are damaged or no text.</exception>
    public static IReadOnlyList<string>? Read(Container container)
    {
        if (container.Find(ContainerLayout.ArgumentsEntry) is not { } entry)
            return null;
        return Parse(container.ReadAll(entry, Limit), container.Path);
    }

    /// <summary>Splits the text.</summary>
    /// <param name="bytes">UTF-8.</param>
    /// <param name="path">Where it comes from, for messages.</param>
    /// <exception cref="PackagingException">It is no text.</exception>
    public static IReadOnlyList<string> Parse(ReadOnlySpan<byte> bytes, string path)
    {
        string text;
        try
        {
            text = Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new PackagingException($"{path}: the arguments in {ContainerLayout.ArgumentsEntry} are no UTF-8 text.", error);
        }
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new PackagingException($"{path}: the arguments in {ContainerLayout.ArgumentsEntry} hold a zero byte.");
        return [.. text.TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)];
    }

    /// <summary>Joins arguments to the text.</summary>
    /// <exception cref="PackagingException">An argument cannot be a line.</exception>
    public static byte[] Format(IEnumerable<string> arguments)
    {
        var text = new StringBuilder();
        foreach (string argument in arguments)
        {
            if (argument.Length == 0)
                throw new PackagingException("An argument is empty, which a line cannot hold. Write it with its flag: --flag=.");
            if (argument.AsSpan().IndexOfAny("\r\n\0") >= 0)
                throw new PackagingException($"The argument '{argument}' has a line end, which a line cannot hold. Put the text into a file.");
            text.Append(argument).Append('\n');
        }
        byte[] bytes = Utf8.GetBytes(text.ToString());
        return bytes.Length <= Limit ? bytes : throw new PackagingException($"The arguments take {bytes.Length} bytes; at most {Limit} are read.");
    }

    /// <summary>The command line that results.</summary>
    /// <param name="stored">The container's arguments.</param>
    /// <param name="user">The user's.</param>
    public static string[] Expand(IReadOnlyList<string> stored, string[] user)
    {
        if (!stored.Contains(Rest))
            return user.Length == 0 ? [.. stored] : user;
        List<string> line = [];
        bool placed = false;
        foreach (string argument in stored)
        {
            if (argument != Rest)
                line.Add(argument);
            else if (!placed)
                line.AddRange(user);
            placed |= argument == Rest;
        }
        return [.. line];
    }
}
