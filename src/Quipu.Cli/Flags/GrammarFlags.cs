using Quipu.Engine.Grammars;

namespace Quipu.Cli.Flags;

/// <summary>Flags that say what an answer must look like. Names and meaning are llama.cpp's.</summary>
internal static class GrammarFlags
{
    public static readonly FlagDefinition Gbnf = new("--grammar")
    {
        Kind = FlagKind.Text,
        ValueName = "GBNF",
        Modes = Modes.Generating,
        Group = FlagGroup.Sampling,
        Help = "text of a GBNF grammar that the answer must match",
        Hint = "quipu grammar has --grammar-file FILE",
    };

    public static readonly FlagDefinition GbnfFile = new("--grammar-file")
    {
        Kind = FlagKind.Text,
        ValueName = "FILE",
        Modes = Modes.Generating | Modes.Grammar,
        Group = FlagGroup.Sampling,
        Help = "file of a GBNF grammar that the answer must match",
        HelpIn = [(Modes.Grammar, "file of a GBNF grammar")],
    };

    public static readonly FlagDefinition JsonSchema = new("-j", "--json-schema")
    {
        Kind = FlagKind.Text,
        ValueName = "SCHEMA",
        Modes = Modes.Generating | Modes.Grammar,
        Group = FlagGroup.Sampling,
        Help = "text of a JSON schema that the answer must match; {} is any JSON",
        HelpIn = [(Modes.Grammar, "file of a JSON schema")],
    };

    public static readonly FlagDefinition JsonSchemaFile = new("--json-schema-file", "-jf")
    {
        Kind = FlagKind.Text,
        ValueName = "FILE",
        Modes = Modes.Generating,
        Group = FlagGroup.Sampling,
        Help = "file of a JSON schema that the answer must match",
        Hint = "quipu grammar has --json-schema FILE",
    };

    /// <summary>All of this class.</summary>
    public static FlagDefinition[] All => [Gbnf, GbnfFile, JsonSchema, JsonSchemaFile];

    /// <summary>The grammar that the flags ask for; null where they ask for none.</summary>
    /// <exception cref="UsageException">More than one is given, or one that cannot be together with other flags.</exception>
    /// <exception cref="GrammarException">The grammar or schema is refused.</exception>
    public static Grammar? Read(ParsedFlags flags)
    {
        var given = All.Where(flags.Has).ToList();
        if (given.Count == 0)
            return null;
        if (given.Count > 1)
            throw new UsageException($"{given[0].Name} and {given[1].Name} both say what the answer must match: give one of them.");
        if (flags.IsOn(SamplingFlags.IgnoreEndOfText))
            throw new UsageException($"--ignore-eos does not go with {given[0].Name}: where the grammar has ended, nothing but the end may come.");
        string value = flags.Text(given[0])!;
        if (given[0] == Gbnf || given[0] == GbnfFile)
            return Grammar.ParseGbnf(given[0] == Gbnf ? value : InputText.Read(value));
        return Grammar.FromJsonSchema(given[0] == JsonSchema ? value : InputText.Read(value));
    }
}
