namespace Quipu.Cli.Chat.Terminal;

/// <summary>Keys of the Windows console.</summary>
internal sealed class WindowsKeySource : IKeySource
{
    /// <inheritdoc/>
    public bool HasPending => Console.KeyAvailable;

    /// <inheritdoc/>
    public IDisposable Begin()
    {
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        return new Restore(before);
    }

    /// <inheritdoc/>
    public Key Read()
    {
        var info = Console.ReadKey(intercept: true);
        if (char.IsHighSurrogate(info.KeyChar) && Console.KeyAvailable)
            return new Key(KeyKind.Text, Text: $"{info.KeyChar}{Console.ReadKey(intercept: true).KeyChar}");
        return Translate(info);
    }

    /// <summary>What a key of the console means.</summary>
    internal static Key Translate(ConsoleKeyInfo info)
    {
        bool control = info.Modifiers.HasFlag(ConsoleModifiers.Control);
        bool alt = info.Modifiers.HasFlag(ConsoleModifiers.Alt);
        var named = Named(info.Key, control || alt);
        if (named != KeyKind.Unknown)
            return new Key(named);
        // AltGr reports both modifiers and a printable character.
        if (control != alt)
        {
            char letter = info.Key is >= ConsoleKey.A and <= ConsoleKey.Z
                ? (char)(info.Key - ConsoleKey.A + 'a')
                : char.ToLowerInvariant(info.KeyChar < 32 ? (char)(info.KeyChar + 64) : info.KeyChar);
            if (control && letter == 'j')
                return new Key(KeyKind.LineBreak);
            return new Key(control ? KeyKind.Control : KeyKind.Meta, letter);
        }
        return info.KeyChar >= ' ' ? new Key(KeyKind.Text, Text: info.KeyChar.ToString()) : new Key(KeyKind.Unknown);
    }

    private static KeyKind Named(ConsoleKey key, bool modified) => key switch
    {
        ConsoleKey.Enter => modified ? KeyKind.LineBreak : KeyKind.Enter,
        ConsoleKey.Tab => KeyKind.Tab,
        ConsoleKey.Backspace when !modified => KeyKind.Backspace,
        ConsoleKey.Delete => KeyKind.Delete,
        ConsoleKey.LeftArrow => modified ? KeyKind.WordLeft : KeyKind.Left,
        ConsoleKey.RightArrow => modified ? KeyKind.WordRight : KeyKind.Right,
        ConsoleKey.UpArrow => KeyKind.Up,
        ConsoleKey.DownArrow => KeyKind.Down,
        ConsoleKey.Home => KeyKind.Home,
        ConsoleKey.End => KeyKind.End,
        _ => KeyKind.Unknown,
    };

    private sealed class Restore(bool before) : IDisposable
    {
        public void Dispose() => Console.TreatControlCAsInput = before;
    }
}
