namespace Quipu.Cli.Flags;

/// <summary>What the program can be asked to do. A flag names the modes in which it has a meaning.</summary>
[Flags]
internal enum Modes
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>A conversation in the terminal.</summary>
    Chat = 1,
    /// <summary>Script mode: one prompt in, its continuation out.</summary>
    Script = 2,
    /// <summary>The contents of a GGUF file.</summary>
    Inspect = 4,
    /// <summary>Text to token ids and back.</summary>
    Tokenize = 8,
    /// <summary>A chat template's prompt.</summary>
    Template = 16,
    /// <summary>How well a model predicts a text.</summary>
    Perplexity = 32,
    /// <summary>How fast a model runs.</summary>
    Bench = 64,
    /// <summary>Makes a container.</summary>
    Pack = 1 << 10,
    /// <summary>Takes a container apart.</summary>
    Unpack = 1 << 11,
    /// <summary>Lists a container.</summary>
    List = 1 << 12,
    /// <summary>Shows or changes a container's arguments.</summary>
    Arguments = 1 << 13,
    /// <summary>Makes a plain program of a container.</summary>
    Native = 1 << 14,
    /// <summary>Puts new programs into a container.</summary>
    Upgrade = 1 << 15,
    /// <summary>Checks a container.</summary>
    Verify = 1 << 16,
    /// <summary>Whatever handles containers.</summary>
    Packaging = Pack | Unpack | List | Arguments | Native | Upgrade | Verify,
    /// <summary>The model over HTTP.</summary>
    Server = 128,
    /// <summary>Whether texts match a grammar.</summary>
    Grammar = 1 << 17,
    /// <summary>Whatever generates text.</summary>
    Generating = Chat | Script | Server,
    /// <summary>Whatever computes with a model.</summary>
    Computing = Generating | Perplexity,
    /// <summary>All.</summary>
    All = Computing | Inspect | Tokenize | Template | Bench | Packaging | Grammar,
}

/// <summary>How the user says and reads a mode.</summary>
internal static class ModeNames
{
    /// <summary>The tools, by the first argument that selects them.</summary>
    public static readonly (Modes Mode, string Name, string Summary)[] Tools =
    [
        (Modes.Inspect, "inspect", "show the metadata and tensors of a GGUF file"),
        (Modes.Tokenize, "tokenize", "turn text into token ids and back"),
        (Modes.Template, "template", "write the prompt that a chat template makes of a request"),
        (Modes.Grammar, "grammar", "tell whether a text matches a grammar or a JSON schema"),
        (Modes.Perplexity, "perplexity", "measure how well a model predicts a text"),
        (Modes.Bench, "bench", "measure how fast a model runs, and how fast it could"),
        (Modes.Pack, "pack", "make one file of a model and this program"),
        (Modes.Unpack, "unpack", "write the files of a container into a folder"),
        (Modes.List, "ls", "list what a container holds"),
        (Modes.Arguments, "args", "show or change the arguments that a container carries"),
        (Modes.Native, "native", "make the plain program of one platform of a container"),
        (Modes.Upgrade, "upgrade", "put this program into an older container, Mozilla's too"),
        (Modes.Verify, "verify", "check every byte of a container"),
    ];

    /// <summary>The mode of a tool's name, or null.</summary>
    public static Modes? Tool(string name)
    {
        foreach (var tool in Tools)
            if (tool.Name == name)
                return tool.Mode;
        return null;
    }

    /// <summary>How the mode is called in a sentence.</summary>
    public static string Describe(Modes mode) => mode switch
    {
        Modes.Chat => "the chat",
        Modes.Script => "script mode (--cli)",
        Modes.Server => "the server (--server)",
        _ => "quipu " + Command(mode),
    };

    /// <summary>A list of modes for a sentence.</summary>
    public static string DescribeAll(Modes modes)
    {
        List<string> names = [];
        foreach (Modes mode in Each(modes))
            names.Add(Describe(mode));
        return names.Count < 2 ? string.Concat(names) : string.Join(", ", names[..^1]) + " and " + names[^1];
    }

    /// <summary>The tool's name, or nothing.</summary>
    public static string Command(Modes mode)
    {
        foreach (var tool in Tools)
            if (tool.Mode == mode)
                return tool.Name;
        return "";
    }

    /// <summary>The single modes of a set.</summary>
    public static IEnumerable<Modes> Each(Modes modes)
    {
        for (int bit = 1; bit <= (int)Modes.All; bit <<= 1)
            if (modes.HasFlag((Modes)bit))
                yield return (Modes)bit;
    }
}
