using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>
/// Keys of a Unix terminal in raw mode. The C library alone knows how its <c>termios</c> is laid out, so the structure is
/// kept as opaque bytes: it is read, made raw and written by the library's own functions, the same on every Unix. While no line is
/// edited, the terminal is calm (see <see cref="CalmTerminal"/>): what is typed ahead is kept for the next line and not shown.
/// </summary>
internal sealed partial class UnixKeySource : IKeySource, IDisposable
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;

    // TCSADRAIN, which is 1 on Linux, macOS and the BSDs: first what was written is shown, and what was typed is kept.
    private const int AfterOutput = 1;

    // More than any system's termios: 60 bytes on Linux, 72 on macOS, 44 on the BSDs.
    private const int TermiosSize = 256;

    private readonly byte[] _original = new byte[TermiosSize];
    private readonly byte[] _calm;
    private readonly PosixSignalRegistration[] _signals;
    private readonly SafeFileHandle _handle = new(StandardInput, ownsHandle: false);
    private readonly FileStream _input;
    private readonly KeyParser _parser = new();
    private readonly Queue<Key> _keys = new();
    private readonly byte[] _buffer = new byte[4096];

    public UnixKeySource()
    {
        _input = new FileStream(_handle, FileAccess.Read, bufferSize: 0);
        if (GetAttributes(StandardInput, ref _original[0]) != 0)
            throw new IOException($"The terminal's settings cannot be read: {Marshal.GetLastPInvokeErrorMessage()}");
        _calm = CalmTerminal.Of(_original);
        Apply(_calm);
        _signals = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }.Select(signal =>
            PosixSignalRegistration.Create(signal, _ => RestoreTerminal()))];
    }

    /// <inheritdoc/>
    public bool HasPending => _keys.Count > 0;

    /// <summary>Whether both the standard input and output are terminals that can be made raw.</summary>
    public static bool IsAvailable => IsTerminal(StandardInput) && IsTerminal(StandardOutput);

    /// <inheritdoc/>
    public IDisposable Begin()
    {
        byte[] raw = [.. _original];
        MakeRaw(ref raw[0]);
        Apply(raw);
        return new Restore(_calm);
    }

    /// <inheritdoc/>
    public Key Read()
    {
        while (_keys.Count == 0)
        {
            int count = _input.Read(_buffer);
            if (count == 0)
                return new Key(KeyKind.EndOfInput);
            _parser.Feed(_buffer.AsSpan(0, count), _keys);
        }
        return _keys.Dequeue();
    }

    /// <summary>Gives the terminal back as it was before the program. One that has gone needs nothing back, so failing is no error.</summary>
    public void RestoreTerminal() => _ = SetAttributes(StandardInput, AfterOutput, ref _original[0]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        RestoreTerminal();
        _input.Dispose();
        _handle.Dispose();
    }

    private static bool IsTerminal(int descriptor)
    {
        byte[] settings = new byte[TermiosSize];
        return GetAttributes(descriptor, ref settings[0]) == 0;
    }

    private static void Apply(byte[] settings)
    {
        if (SetAttributes(StandardInput, AfterOutput, ref settings[0]) != 0)
            throw new IOException($"The terminal's settings cannot be changed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(int descriptor, ref byte settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(int descriptor, int when, ref byte settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(ref byte settings);

    private sealed class Restore(byte[] settings) : IDisposable
    {
        public void Dispose() => Apply(settings);
    }
}
