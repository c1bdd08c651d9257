using System.Text;

namespace Quipu.Cli.Flags;

/// <summary>The help of each mode, written from the flag table.</summary>
internal static class Help
{
    private const int NameColumn = 34;
    private const int Width = 100;

    /// <summary>The help of a mode.</summary>
    public static string Of(Modes mode)
    {
        var text = new StringBuilder();
        text.Append(Usage(mode));
        foreach (FlagGroup group in Enum.GetValues<FlagGroup>())
        {
            var flags = FlagTable.All.Where(flag => flag.Group == group && flag.Modes.HasFlag(mode)).ToList();
            if (flags.Count == 0)
                continue;
            text.Append('\n').Append(Title(group)).Append('\n');
            foreach (var flag in flags)
                AppendFlag(text, flag, mode);
        }
        text.Append("\nExit codes\n  ").Append(Failure.ExitCodes).Append('\n');
        return text.ToString();
    }

    private static string Usage(Modes mode) => mode switch
    {
        Modes.Chat =>
            "quipu: a language model and everything that runs it\n\nUsage\n"
            + "  quipu [FLAGS]              talk to the model in the terminal, with a server beside\n"
            + "  quipu --server [FLAGS]     serve the model over HTTP ('quipu --server --help')\n"
            + "  quipu --cli -p TEXT        script mode: answer one prompt on stdout ('quipu --cli --help')\n"
            + string.Concat(ModeNames.Tools.Select(tool => $"  {"quipu " + tool.Name,-27}{tool.Summary} ('quipu {tool.Name} --help')\n"))
            + "\nThese are the flags of the chat. '_' in the name of a long flag counts as '-'.\n",
        Modes.Script =>
            "quipu --cli: answer one prompt and end\n\nUsage\n  quipu --cli -p TEXT [FLAGS]\n  quipu --cli -f FILE [FLAGS]\n"
            + "  … | quipu --cli [FLAGS]\n\n"
            + "stdout carries the generated text alone, stderr the log. A model with a chat template answers the\n"
            + "prompt; with --raw, or without a template, it continues the text. With -p and -f, the file follows\n"
            + "the prompt. Without both, the prompt is what is piped in.\n",
        Modes.Server =>
            "quipu --server: serve the model over HTTP\n\nUsage\n  quipu --server [FLAGS]\n\n"
            + "Endpoints: OpenAI's below /v1 (chat/completions, completions, responses, embeddings, models), Anthropic's\n"
            + "/v1/messages, llama.cpp's /completion, /tokenize and others; /openapi.json lists them. / is a page to talk.\n"
            + "Flags of sampling and text are what requests get that do not say otherwise. Ctrl-C stops it.\n",
        Modes.Inspect => "quipu inspect: show the metadata and tensors of a GGUF file\n\nUsage\n  quipu inspect FILE [FLAGS]\n",
        Modes.Tokenize =>
            "quipu tokenize: turn text into token ids and back\n\nUsage\n  quipu tokenize [-m FILE] [FLAGS] (TEXT | -f FILE | -)\n\n"
            + "Writes a line for each token: its id and the text that it stands for. '-' is stdin.\n",
        Modes.Template =>
            "quipu template: write the prompt that a chat template makes of a request\n\nUsage\n"
            + "  quipu template (-m FILE | --template FILE) -f REQUEST.json [FLAGS]\n\n"
            + "A request is the body of a chat completion: messages, tools, add_generation_prompt,\nchat_template_kwargs.\n",
        Modes.Grammar =>
            "quipu grammar: tell whether a text matches a grammar, and where it stops matching\n\nUsage\n"
            + "  quipu grammar (--grammar-file FILE | --json-schema FILE) TEXT\n"
            + "  … | quipu grammar (--grammar-file FILE | --json-schema FILE) --jsonl\n\n"
            + "Writes {\"accepted\":…,\"at\":…,\"complete\":…}: whether the whole text matches, at which byte it first does\n"
            + "not, and whether the grammar may end behind it. Here the exit code is 0 for a text that matches and 1\n"
            + "for one that does not; 2 where the grammar or the schema is refused.\n",
        Modes.Perplexity =>
            "quipu perplexity: measure how well a model predicts a text\n\nUsage\n  quipu perplexity -m FILE -f TEXT [FLAGS]\n\n"
            + "The text is cut into chunks of -c tokens; the second half of each is scored, as llama.cpp does.\n",
        Modes.Bench =>
            "quipu bench: measure how fast a model runs, and how fast it could\n\nUsage\n  quipu bench -m FILE [FLAGS]\n\n"
            + "Runs each prompt (pp) and each generation (tg) at each depth and number of threads, and writes the median,\n"
            + "the spread, and the share of the machine's limit, which is measured before and after each test: reading\n"
            + "the bytes that a token reads, and multiply-adds with all operands in registers.\n",
        _ when PackagingHelp.Usage(mode) is { } usage => usage,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a single mode."),
    };

    private static string Title(FlagGroup group) => group switch
    {
        FlagGroup.General => "General",
        FlagGroup.Model => "Model",
        FlagGroup.Input => "Input",
        FlagGroup.Output => "Output",
        FlagGroup.Computation => "Computation",
        FlagGroup.Generation => "What to do",
        FlagGroup.Sampling => "Sampling",
        FlagGroup.Server => "Server",
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "Not a group."),
    };

    private static void AppendFlag(StringBuilder text, FlagDefinition flag, Modes mode)
    {
        string names = string.Join(", ", flag.Names.Concat(flag.OffNames));
        string line = flag.ValueName.Length > 0 ? $"  {names} {flag.ValueName}" : $"  {names}";
        string help = flag.HelpFor(mode) + Limits(flag);
        if (line.Length > NameColumn - 2)
        {
            text.Append(line).Append('\n');
            line = "";
        }
        foreach (string part in Wrap(help))
        {
            text.Append(line.PadRight(NameColumn)).Append(part).Append('\n');
            line = "";
        }
    }

    private static string Limits(FlagDefinition flag)
    {
        List<string> notes = [];
        if (flag.Kind is FlagKind.Integer or FlagKind.Number && double.IsFinite(flag.Range.Least) && flag.Range.Most < int.MaxValue)
            notes.Add(flag.Range.Describe());
        if (flag.Default.Length > 0)
            notes.Add("default " + flag.Default);
        return notes.Count == 0 ? "" : $" ({string.Join("; ", notes)})";
    }

    private static IEnumerable<string> Wrap(string text)
    {
        int start = 0;
        while (text.Length - start > Width - NameColumn)
        {
            int end = text.LastIndexOf(' ', start + Width - NameColumn, Width - NameColumn);
            if (end < 0)
                break;
            yield return text[start..end];
            start = end + 1;
        }
        yield return text[start..];
    }
}
