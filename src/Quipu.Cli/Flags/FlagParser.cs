using System.Globalization;

namespace Quipu.Cli.Flags;

/// <summary>
/// Reads a command line by the flag table. A first argument that is a tool's name selects the tool; otherwise the last of --chat,
/// --cli and --server, anywhere, selects the mode, and without one it is the chat. A value follows its flag as the next argument, whatever that
/// looks like, or after '='. Of a flag given twice the last counts, unless it is repeatable.
/// </summary>
internal static class FlagParser
{
    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">A flag is unknown, refused, has no meaning in the mode, or a value is missing or out of range.</exception>
    public static ParsedFlags Parse(ReadOnlySpan<string> arguments)
    {
        Modes? tool = arguments.IsEmpty ? null : ModeNames.Tool(arguments[0]);
        if (tool is not null)
            arguments = arguments[1..];
        List<(FlagDefinition Flag, string Typed, string Value)> flags = [];
        List<string> operands = [];
        int? separator = null;
        var mode = tool ?? Modes.Chat;
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                separator = operands.Count;
                operands.AddRange(arguments[(i + 1)..]);
                break;
            }
            if (argument.Length < 2 || argument[0] != '-')
            {
                operands.Add(argument);
                continue;
            }
            var (flag, typed, value) = ReadFlag(arguments, ref i, mode);
            if (tool is null && GeneralFlags.ModeOf(flag) is { } chosen)
                mode = chosen;
            flags.Add((flag, typed, value));
        }
        return Collect(mode, flags, operands, separator);
    }

    private static ParsedFlags Collect(
        Modes mode, List<(FlagDefinition Flag, string Typed, string Value)> flags, List<string> operands, int? separator)
    {
        var parsed = new ParsedFlags { Mode = mode, OperandsBeforeSeparator = separator };
        bool onlyAsked = flags.Exists(entry => entry.Flag == GeneralFlags.Help || entry.Flag == GeneralFlags.Version);
        foreach (var (flag, typed, value) in flags)
        {
            if (!flag.Modes.HasFlag(mode) && !onlyAsked)
                throw Misplaced(flag, typed, mode);
            parsed.Add(flag, value);
        }
        foreach (string operand in operands)
        {
            if (Modes.Generating.HasFlag(mode) && !onlyAsked)
                throw new UsageException($"'{operand}' is no flag. A prompt is given with -p, a model with -m, a file with -f.");
            parsed.AddOperand(operand);
        }
        return parsed;
    }

    private static (FlagDefinition Flag, string Typed, string Value) ReadFlag(ReadOnlySpan<string> arguments, ref int i, Modes mode)
    {
        string name = arguments[i];
        string? value = null;
        int equals = name.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0)
            (name, value) = (name[..equals], name[(equals + 1)..]);
        if (FlagTable.Find(name, mode) is not var (flag, on))
            throw Unknown(name, mode);
        if (flag.Kind == FlagKind.Switch)
        {
            return value is null
                ? (flag, name, on ? bool.TrueString : bool.FalseString)
                : throw new UsageException($"{name} takes no value, but '{value}' is given.");
        }
        if (value is null)
        {
            if (i + 1 >= arguments.Length)
                throw new UsageException($"{name} needs a value: {name} {flag.ValueName}.");
            value = arguments[++i];
        }
        Check(flag, name, value);
        return (flag, name, value);
    }

    private static void Check(FlagDefinition flag, string name, string value)
    {
        if (flag.Kind == FlagKind.Text)
            return;
        double number;
        bool isNumber;
        if (flag.Kind == FlagKind.Integer)
        {
            isNumber = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer);
            number = integer;
        }
        else
        {
            isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        }
        if (!isNumber)
            throw new UsageException($"{name} needs a {(flag.Kind == FlagKind.Integer ? "whole number" : "number")}, but '{value}' is none.");
        // What is used is a float: a number that overflows it is no number either.
        if (!flag.Range.Contains(number) || !float.IsFinite((float)number))
            throw new UsageException($"{name} is {value}, but must be {flag.Range.Describe()}.");
    }

    private static UsageException Unknown(string name, Modes mode)
    {
        string known = FlagTable.Normalize(name);
        if (RefusedFlags.Reason(known) is { } reason)
            return new UsageException($"{name} is not supported: {reason}.");
        string nearest = FlagTable.Nearest(name, mode) is { } near ? $" Did you mean {near}?" : "";
        string command = ModeNames.Command(mode) is { Length: > 0 } tool ? $"quipu {tool} --help" : "quipu --help";
        return new UsageException($"There is no flag {name}.{nearest} '{command}' lists all flags.");
    }

    private static UsageException Misplaced(FlagDefinition flag, string typed, Modes mode)
    {
        string hint = flag.Hint.Length > 0 ? $" Hint: {flag.Hint}." : "";
        return new UsageException(
            $"{typed} means nothing in {ModeNames.Describe(mode)}. It belongs to {ModeNames.DescribeAll(flag.Modes)}.{hint}");
    }
}
