using System.Text.Json;
using Quipu.Cli.Chat;
using Quipu.Cli.Flags;
using Quipu.Engine;
using Quipu.Engine.Grammars;
using Quipu.Engine.Sampling;
using Quipu.Gguf;
using Quipu.Models;
using Quipu.Packaging;
using Quipu.Templates;
using Quipu.Tokenizers;

namespace Quipu.Cli;

/// <summary>From exceptions to sentences and exit codes: the one place that knows both.</summary>
internal static class Failure
{
    /// <summary>All went well.</summary>
    public const int Success = 0;
    /// <summary>The flags, or a file that they name, are wrong.</summary>
    public const int Arguments = 1;
    /// <summary>The model cannot be opened.</summary>
    public const int Model = 2;
    /// <summary>The context cannot be made.</summary>
    public const int Context = 3;
    /// <summary>A sampling option is out of range.</summary>
    public const int Sampler = 4;
    /// <summary>The prompt does not fit into the context, or the template refuses it.</summary>
    public const int Prompt = 5;
    /// <summary>The computation failed.</summary>
    public const int Evaluation = 6;
    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>The codes for the help.</summary>
    public const string ExitCodes =
        "0 done; 1 flags or input; 2 model; 3 context; 4 sampling options; 5 prompt too long; 6 computation; 130 Ctrl-C";

    /// <summary>Writes what went wrong, one line, and returns the exit code. A reader of stdout who has left is no error.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="stage">Where.</param>
    /// <param name="verbose">Whether to write where in the program an unexpected error comes from.</param>
    /// <param name="stderr">Where to write.</param>
    public static int Report(Exception error, Stage stage, bool verbose, TextWriter stderr)
    {
        if (IsBrokenPipe(error))
            return Success;
        if (error is OperationCanceledException)
            return Interrupted;
        // A device says so where it has no kernel for a type of the file, or no such cache.
        bool expected = IsForTheUser(error) || (error is NotSupportedException && stage is Stage.Model or Stage.Context);
        stderr.WriteLine(expected ? "error: " + error.Message : $"error: unexpected {error.GetType().Name}: {error.Message}");
        if (verbose)
            stderr.WriteLine(error);
        else if (!expected)
            stderr.WriteLine("This is a fault of the program. Please report it with what --verbose adds.");
        return ExitCode(error, stage);
    }

    /// <summary>The exit code of an error.</summary>
    public static int ExitCode(Exception error, Stage stage) => error switch
    {
        UsageException or UploadException => Arguments,
        GgufException or PackagingException or ModelException or TokenizerException => Model,
        SamplingOptionsException => Sampler,
        ContextFullException => Prompt,
        InvalidLogitsException => Evaluation,
        _ => stage switch
        {
            Stage.Arguments => Arguments,
            Stage.Model => Model,
            Stage.Context => Context,
            Stage.Prompt => Prompt,
            _ => Evaluation,
        },
    };

    /// <summary>Whether the program that read stdout has ended.</summary>
    public static bool IsBrokenPipe(Exception error)
    {
        const int brokenPipe = 32; // EPIPE on Linux, macOS and the BSDs
        return error is IOException { HResult: brokenPipe } && !OperatingSystem.IsWindows();
    }

    private static bool IsForTheUser(Exception error) => error is UsageException or UploadException or GgufException or PackagingException or ModelException or TokenizerException
        or TemplateException or SamplingOptionsException or GrammarException or ContextFullException or InvalidLogitsException or IOException
        or UnauthorizedAccessException or InvalidDataException or JsonException or OutOfMemoryException;
}
