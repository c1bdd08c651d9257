using System.Text;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Tests.Chat;

/// <summary>Keys that a test has typed ahead, as a terminal would send them.</summary>
internal sealed class ScriptedKeys : IKeySource
{
    private readonly Queue<Key> _keys = new();

    public ScriptedKeys(string typed) => new KeyParser().Feed(Encoding.UTF8.GetBytes(typed), _keys);

    /// <summary>Whether to claim that no key waits, so that every step is painted.</summary>
    public bool PaintAll { get; init; }

    public bool HasPending => !PaintAll && _keys.Count > 0;

    public IDisposable Begin() => new StringReader("");

    public Key Read() => _keys.TryDequeue(out var key) ? key : new Key(KeyKind.EndOfInput);
}
