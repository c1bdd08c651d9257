using Quipu.Cli.Flags;
using Quipu.Packaging;

namespace Quipu.Cli.Tools.Packaging;

/// <summary>Shows or replaces the arguments that a container carries.</summary>
internal static class ArgumentsTool
{
    /// <summary>Shows or replaces.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, TextWriter output)
    {
        if (flags.Operands.Count == 0 || flags.OperandsBeforeSeparator == 0)
            throw new UsageException("args needs a container: quipu args FILE [-- ARGUMENTS]");
        if (flags.OperandsBeforeSeparator is null && flags.Operands.Count > 1)
            throw new UsageException($"New arguments stand behind --: quipu args {flags.Operands[0]} -- {string.Join(' ', flags.Operands.Skip(1))}");
        if (flags.OperandsBeforeSeparator > 1)
            throw new UsageException("args changes one container at a time.");
        string path = flags.Operands[0];
        string[] arguments = [.. flags.Operands.Skip(1)];
        if (flags.IsOn(PackagingFlags.Clear))
        {
            if (arguments.Length > 0)
                throw new UsageException("--clear takes all arguments away; give none, or leave it out.");
            ContainerWriter.ReplaceArguments(path, null);
        }
        else if (arguments.Length > 0)
        {
            PackagingTools.CheckArguments(arguments);
            ContainerWriter.ReplaceArguments(path, ArgumentsFile.Format(arguments));
        }
        else
        {
            using var container = Container.Open(path);
            foreach (string argument in ArgumentsFile.Read(container) ?? [])
                output.WriteLine(ListTool.Printable(argument));
        }
        return Failure.Success;
    }
}
