using System.Globalization;

namespace Quipu.Cli.Flags;

/// <summary>A command line that was read: its mode, the flags given with their checked values, and what is no flag.</summary>
internal sealed class ParsedFlags
{
    private readonly Dictionary<FlagDefinition, List<string>> _values = [];
    private readonly List<string> _operands = [];

    /// <summary>What is to be done.</summary>
    public required Modes Mode { get; init; }

    /// <summary>Arguments that are no flags, in their order.</summary>
    public IReadOnlyList<string> Operands => _operands;

    /// <summary>How many of <see cref="Operands"/> stand before "--"; null where there is no "--".</summary>
    public int? OperandsBeforeSeparator { get; init; }

    /// <summary>Flags given, each once.</summary>
    public IEnumerable<FlagDefinition> Given => _values.Keys;

    /// <summary>Whether the flag was given.</summary>
    public bool Has(FlagDefinition flag) => _values.ContainsKey(flag);

    /// <summary>A switch's state.</summary>
    public bool IsOn(FlagDefinition flag, bool otherwise = false) => Text(flag) is { } text ? text == bool.TrueString : otherwise;

    /// <summary>The last value given, or null.</summary>
    public string? Text(FlagDefinition flag) => _values.TryGetValue(flag, out var values) ? values[^1] : null;

    /// <summary>All values given.</summary>
    public IReadOnlyList<string> Texts(FlagDefinition flag) => _values.TryGetValue(flag, out var values) ? values : [];

    /// <summary>A whole number, or null where the flag was not given.</summary>
    public long? Integer(FlagDefinition flag) => Text(flag) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>A whole number.</summary>
    public int Integer(FlagDefinition flag, int otherwise) => (int?)Integer(flag) ?? otherwise;

    /// <summary>A number.</summary>
    public float Number(FlagDefinition flag, float otherwise) =>
        Text(flag) is { } text ? float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>The flags are checked by the parser before they come here.</summary>
    internal void Add(FlagDefinition flag, string value)
    {
        if (!_values.TryGetValue(flag, out var values))
            _values.Add(flag, values = []);
        else if (!flag.Repeatable)
            values.Clear();
        values.Add(value);
    }

    internal void AddOperand(string operand) => _operands.Add(operand);
}
