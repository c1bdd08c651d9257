namespace Quipu.Cli.Chat.Terminal;

/// <summary>Where keys come from: a Unix terminal, the Windows console, or a script of a test.</summary>
internal interface IKeySource
{
    /// <summary>Whether the next key has already arrived, so that painting can wait for it.</summary>
    bool HasPending { get; }

    /// <summary>Starts reading key by key, without echo; disposing the result gives the terminal back as it was.</summary>
    IDisposable Begin();

    /// <summary>Waits for the next key.</summary>
    Key Read();
}
