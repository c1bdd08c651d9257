using System.Runtime.InteropServices;

namespace Quipu.Cli.Chat;

/// <summary>
/// Turns Ctrl-C into cancellation while an answer is computed. A second Ctrl-C before the first had its effect ends the program, as
/// does one while nothing can be cancelled.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly PosixSignalRegistration _registration;
    private readonly Lock _lock = new();
    private readonly Action? _leaving;
    private CancellationTokenSource? _current;

    /// <summary>Begins to listen.</summary>
    /// <param name="leaving">Called before a Ctrl-C ends the program.</param>
    public Interrupts(Action? leaving = null)
    {
        _leaving = leaving;
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    /// <summary>Begins work that Ctrl-C cancels; disposing the scope ends it.</summary>
    public Scope Begin(CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_lock)
            _current = source;
        return new Scope(this, source);
    }

    /// <inheritdoc/>
    public void Dispose() => _registration.Dispose();

    private void OnSignal(PosixSignalContext context)
    {
        lock (_lock)
        {
            if (_current is not { IsCancellationRequested: false } source)
            {
                _leaving?.Invoke();
                return;
            }
            context.Cancel = true;
            source.Cancel();
        }
    }

    /// <summary>Work that Ctrl-C cancels.</summary>
    internal sealed class Scope(Interrupts owner, CancellationTokenSource source) : IDisposable
    {
        /// <summary>Is cancelled by Ctrl-C.</summary>
        public CancellationToken Token => source.Token;

        public void Dispose()
        {
            lock (owner._lock)
                owner._current = null;
            source.Dispose();
        }
    }
}
