namespace Quipu.Cli.Chat.Terminal;

/// <summary>What kind of key was pressed.</summary>
internal enum KeyKind
{
    /// <summary>Nothing that the editor knows.</summary>
    Unknown,
    /// <summary>One typed character, in <see cref="Key.Text"/>.</summary>
    Text,
    /// <summary>Text that was pasted, with line breaks as '\n', in <see cref="Key.Text"/>.</summary>
    Paste,
    /// <summary>Ctrl with the key <see cref="Key.Letter"/>, lower case.</summary>
    Control,
    /// <summary>Alt (or Escape before) with the key <see cref="Key.Letter"/>.</summary>
    Meta,
    /// <summary>Return.</summary>
    Enter,
    /// <summary>A line break that does not end the input: Ctrl-J or Alt-Return.</summary>
    LineBreak,
    /// <summary>Tabulator.</summary>
    Tab,
    /// <summary>Erase to the left.</summary>
    Backspace,
    /// <summary>Erase to the right.</summary>
    Delete,
    /// <summary>Cursor left.</summary>
    Left,
    /// <summary>Cursor right.</summary>
    Right,
    /// <summary>Cursor up.</summary>
    Up,
    /// <summary>Cursor down.</summary>
    Down,
    /// <summary>Start of the line.</summary>
    Home,
    /// <summary>End of the line.</summary>
    End,
    /// <summary>One word to the left.</summary>
    WordLeft,
    /// <summary>One word to the right.</summary>
    WordRight,
    /// <summary>The input ended: there will be no more keys.</summary>
    EndOfInput,
}

/// <summary>A key that was pressed.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Letter">The key that Ctrl or Alt was held with.</param>
/// <param name="Text">What was typed or pasted.</param>
internal readonly record struct Key(KeyKind Kind, char Letter = '\0', string Text = "");
