namespace Quipu.Cli;

/// <summary>What the program is doing; an error that does not say itself what went wrong gets its exit code from it.</summary>
internal enum Stage
{
    /// <summary>Reading flags, files and stdin.</summary>
    Arguments,
    /// <summary>Opening the model.</summary>
    Model,
    /// <summary>Making the context.</summary>
    Context,
    /// <summary>Making the prompt.</summary>
    Prompt,
    /// <summary>Computing.</summary>
    Evaluation,
}
