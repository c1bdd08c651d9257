using Quipu.Cli.Flags;
using Quipu.Tensors;

namespace Quipu.Cli;

/// <summary>The types of the key/value cache that flags ask for.</summary>
internal static class CacheTypes
{
    /// <summary>The type of -ctk.</summary>
    /// <exception cref="UsageException">There is no such cache.</exception>
    public static TensorType OfKeys(ParsedFlags flags) => Read(flags, GeneralFlags.KeyType);

    /// <summary>The type of -ctv.</summary>
    /// <inheritdoc cref="OfKeys"/>
    public static TensorType OfValues(ParsedFlags flags) => Read(flags, GeneralFlags.ValueType);

    private static TensorType Read(ParsedFlags flags, FlagDefinition flag) => flags.Text(flag)?.ToUpperInvariant() switch
    {
        null or "F16" => TensorType.F16,
        "Q8_0" => TensorType.Q8_0,
        _ => throw new UsageException($"{flag.Name} is {flags.Text(flag)}, but must be f16 or q8_0."),
    };
}
