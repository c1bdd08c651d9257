namespace Quipu.Cli.Flags;

/// <summary>
/// Flags of llamafile and llama.cpp that this program does not have. Whoever brings a command line from there shall learn which part
/// of it is missing, and never get an answer computed without it.
/// </summary>
internal static class RefusedFlags
{
    private const string ServerFiles = "the server reads and writes no files for its clients";
    private const string Gpu = "there is no GPU support yet; everything runs on the CPU";
    private const string Vision = "images are not supported yet";
    private const string Interactive = "it belongs to llama.cpp's interactive script mode; start the chat, without --cli, instead";
    private const string Rope = "rope and YaRN parameters are taken from the model file and cannot be changed yet";
    private const string Adapter = "LoRA adapters and control vectors are not supported yet";
    private const string Cache = "prompts are not cached in files yet";
    private const string Memory = "weights are always mapped from the file and left to the system";
    private const string Kernels = "the kernels are chosen for the processor at start and cannot be changed";
    private const string LogFile = "logs are written to stderr only; redirect it, or use --log-disable";
    private const string Tools = "the server passes calls of functions on to its clients and runs none itself";
    private const string Reasoning = "thoughts are shown as the model writes them";
    private const string Download = "models are not downloaded; give a file with -m";
    private const string Speculative = "speculative decoding is not supported yet";
    private const string Sandbox = "there is no sandbox that could be switched off";

    private static readonly (string Reason, string[] Names)[] Table =
    [
        (ServerFiles, ["--path", "--slot-save-path"]),
        ("there is one server, --server, which has the endpoints of both", ["--v2"]),
        ("requests are always computed together", ["--no-cont-batching"]),
        ("use -sys TEXT, or -f FILE", ["-spf", "--system-prompt-file"]),
        ("nothing of a running server can be changed over HTTP", ["--props"]),
        ("the server needs no threads for its clients", ["--workers", "--threads-http"]),
        ("the server always has embeddings, at /v1/embeddings", ["--embedding"]),
        (Gpu, ["-ngl", "--gpu-layers", "--n-gpu-layers", "--gpu", "-sm", "--split-mode", "-ts", "--tensor-split", "-mg", "--main-gpu",
            "--recompile", "--nocompile", "--tinyblas", "--iq", "-nkvo", "--no-kv-offload", "-dev", "--device"]),
        (Vision, ["--mmproj", "--image", "--audio"]),
        (Interactive, ["-i", "--interactive", "-if", "--interactive-first", "-cnv", "--conversation", "-no-cnv", "--no-conversation", "-st",
            "--single-turn", "-mli", "--multiline-input", "--in-prefix", "--in-suffix", "--in-prefix-bos", "-ins", "--instruct", "-cml",
            "--chatml", "--simple-io"]),
        (Rope, ["--rope-scaling", "--rope-scale", "--rope-freq-base", "--rope-freq-scale", "--yarn-orig-ctx", "--yarn-ext-factor",
            "--yarn-attn-factor", "--yarn-beta-slow", "--yarn-beta-fast", "-gan", "--grp-attn-n", "-gaw", "--grp-attn-w"]),
        (Adapter, ["--lora", "--lora-scaled", "--lora-base", "--control-vector", "--control-vector-scaled", "--control-vector-layer-range"]),
        (Cache, ["--prompt-cache", "--prompt-cache-all", "--prompt-cache-ro"]),
        (Memory, ["--mlock", "--no-mmap", "--load-mode", "--numa", "--warmup"]),
        (Kernels, ["--fast", "--precise", "--trap", "--trace", "--ftrace", "--strace"]),
        (LogFile, ["--log-enable", "--log-new", "--log-append", "--log-file", "--log-test", "-ld", "--logdir", "--log-verbosity", "-lv",
            "--log-colors", "--log-prefix", "--log-timestamps"]),
        (Tools, ["--tools", "--agent"]),
        (Reasoning, ["--reasoning-format", "--reasoning-budget", "--nothink"]),
        ("templates are always Jinja", ["--no-jinja"]),
        (Download, ["-hf", "--hf-repo", "-hff", "--hf-file", "-mu", "--model-url", "-hft", "--hf-token"]),
        (Speculative, ["-md", "--model-draft", "--draft", "--draft-max", "--draft-min"]),
        (Sandbox, ["--unsecure", "--confine-reads"]),
        ("the server has embeddings, at /v1/embeddings, but does not rank", ["--multiline", "--rerank", "--reranking"]),
        ("the benchmark is a tool: quipu bench", ["--localscore", "--bench"]),
        ("classifier-free guidance is not supported", ["--cfg-negative-prompt", "--cfg-negative-prompt-file", "--cfg-scale"]),
        ("values of the model file cannot be overridden", ["--override-kv"]),
        ("llama.cpp has dropped this sampler, and so it is missing here", ["--tfs", "--penalize-nl", "--no-penalize-nl"]),
        ("a prompt is read as text; use -f FILE", ["-bf", "--binary-file", "--random-prompt"]),
    ];

    /// <summary>All spellings.</summary>
    public static IEnumerable<string> Names => Table.SelectMany(row => row.Names);

    /// <summary>Why there is no such flag, or null where the name is not one of these.</summary>
    public static string? Reason(string name)
    {
        foreach ((string reason, string[] names) in Table)
            if (Array.IndexOf(names, name) >= 0)
                return reason;
        return null;
    }
}
