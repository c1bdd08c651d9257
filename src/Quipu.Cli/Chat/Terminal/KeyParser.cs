using System.Buffers;
using System.Text;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>
/// Turns the bytes that a terminal sends into keys. Bytes may arrive in pieces cut anywhere. A lone Escape waits for the
/// key after it, as emacs does, and makes it an Alt key: no timer is needed to tell it from the start of a sequence.
/// </summary>
internal sealed class KeyParser
{
    private const byte Escape = 0x1B;
    private const int LongestSequence = 64;

    private readonly List<byte> _bytes = [];
    private State _state;

    private enum State
    {
        Ground,
        Escape,
        Sequence,
        SingleShift,
        Paste,
    }

    private static ReadOnlySpan<byte> PasteEnd => "\e[201~"u8;

    /// <summary>Takes bytes and appends the keys that they complete.</summary>
    public void Feed(ReadOnlySpan<byte> bytes, Queue<Key> keys)
    {
        foreach (byte value in bytes)
            Feed(value, keys);
    }

    private void Feed(byte value, Queue<Key> keys)
    {
        switch (_state)
        {
            case State.Ground:
                FeedGround(value, keys);
                break;
            case State.Escape:
                FeedEscape(value, keys);
                break;
            case State.SingleShift:
                _state = State.Ground;
                keys.Enqueue(new Key(CursorKey(value, modified: false)));
                break;
            case State.Sequence:
                FeedSequence(value, keys);
                break;
            case State.Paste:
                FeedPaste(value, keys);
                break;
        }
    }

    private void FeedGround(byte value, Queue<Key> keys)
    {
        if (_bytes.Count == 0 && value < 0x80)
        {
            if (value == Escape)
                _state = State.Escape;
            else
                keys.Enqueue(AsciiKey(value));
            return;
        }
        _bytes.Add(value);
        var pending = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
        var status = Rune.DecodeFromUtf8(pending, out var rune, out int used);
        if (status == OperationStatus.NeedMoreData)
            return;
        byte[] rest = pending[used..].ToArray();
        _bytes.Clear();
        keys.Enqueue(new Key(KeyKind.Text, Text: rune.ToString()));
        Feed(rest, keys);
    }

    private void FeedEscape(byte value, Queue<Key> keys)
    {
        _state = value switch
        {
            (byte)'[' => State.Sequence,
            (byte)'O' => State.SingleShift,
            Escape => State.Escape,
            _ => State.Ground,
        };
        if (_state != State.Ground)
            return;
        if (value is (byte)'\r' or (byte)'\n')
            keys.Enqueue(new Key(KeyKind.LineBreak));
        else if (value < 0x80)
            keys.Enqueue(new Key(KeyKind.Meta, char.ToLowerInvariant((char)value)));
        else
            FeedGround(value, keys);
    }

    private void FeedSequence(byte value, Queue<Key> keys)
    {
        if (value is < 0x40 or > 0x7E || (value == '[' && _bytes.Count == 0))
        {
            if (_bytes.Count < LongestSequence)
                _bytes.Add(value);
            return;
        }
        string parameters = Encoding.ASCII.GetString([.. _bytes]);
        _bytes.Clear();
        _state = State.Ground;
        if (value == '~' && parameters == "200")
            _state = State.Paste;
        else if (parameters.StartsWith('['))
            keys.Enqueue(new Key(KeyKind.Unknown)); // F1 to F5 of the Linux console
        else if (value == '~')
            keys.Enqueue(new Key(EditingKey(parameters)));
        else
            keys.Enqueue(new Key(CursorKey(value, modified: parameters.Contains(';', StringComparison.Ordinal))));
    }

    private void FeedPaste(byte value, Queue<Key> keys)
    {
        _bytes.Add(value);
        var pasted = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
        if (!pasted.EndsWith(PasteEnd))
            return;
        string text = Encoding.UTF8.GetString(pasted[..^PasteEnd.Length]);
        _bytes.Clear();
        _state = State.Ground;
        keys.Enqueue(new Key(KeyKind.Paste, Text: text.ReplaceLineEndings("\n")));
    }

    private static Key AsciiKey(byte value) => value switch
    {
        (byte)'\r' => new Key(KeyKind.Enter),
        (byte)'\n' => new Key(KeyKind.LineBreak),
        (byte)'\t' => new Key(KeyKind.Tab),
        8 or 127 => new Key(KeyKind.Backspace),
        0 => new Key(KeyKind.Control, ' '),
        < 32 => new Key(KeyKind.Control, char.ToLowerInvariant((char)(value + 64))),
        _ => new Key(KeyKind.Text, Text: ((char)value).ToString()),
    };

    private static KeyKind CursorKey(byte final, bool modified) => (char)final switch
    {
        'A' => KeyKind.Up,
        'B' => KeyKind.Down,
        'C' => modified ? KeyKind.WordRight : KeyKind.Right,
        'D' => modified ? KeyKind.WordLeft : KeyKind.Left,
        'H' => KeyKind.Home,
        'F' => KeyKind.End,
        'M' => KeyKind.Enter,
        _ => KeyKind.Unknown,
    };

    private static KeyKind EditingKey(string parameters) => parameters.Split(';')[0] switch
    {
        "1" or "7" => KeyKind.Home,
        "3" => KeyKind.Delete,
        "4" or "8" => KeyKind.End,
        _ => KeyKind.Unknown,
    };
}
