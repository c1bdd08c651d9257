using System.Runtime.InteropServices;

namespace Quipu.Cli.Serving;

/// <summary>Ctrl-C or SIGTERM. The first is waited for; the next one ends the program at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public StopSignal()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    /// <summary>Ends when one came.</summary>
    public Task WaitAsync() => _came.Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private void OnSignal(PosixSignalContext context) => context.Cancel = _came.TrySetResult();
}
