namespace Quipu.Cli.Chat.Terminal;

/// <summary>What the editor has to do after a key.</summary>
internal enum EditorStep
{
    /// <summary>Paint and wait for the next key.</summary>
    Continue,
    /// <summary>The line is complete.</summary>
    Accept,
    /// <summary>The input ended.</summary>
    EndOfInput,
    /// <summary>Ctrl-C.</summary>
    Interrupt,
    /// <summary>Complete the text before the cursor.</summary>
    Complete,
    /// <summary>Search the history.</summary>
    Search,
    /// <summary>Clear the screen.</summary>
    ClearScreen,
}

/// <summary>What the keys do to a <see cref="LineBuffer"/>: the bindings of emacs and of shells.</summary>
internal sealed class EditorKeys(LineBuffer buffer, KillRing kills, History history)
{
    private bool _killing;
    private int _yankStart = -1;

    /// <summary>Applies a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="isOpen">Whether Return does not end the input yet.</param>
    public EditorStep Apply(Key key, Func<string, bool> isOpen)
    {
        bool killed = _killing;
        int yankStart = _yankStart;
        _killing = false;
        _yankStart = -1;
        switch (key.Kind)
        {
            case KeyKind.Text or KeyKind.Paste:
                buffer.Insert(key.Text);
                return EditorStep.Continue;
            case KeyKind.LineBreak:
                buffer.Insert("\n");
                return EditorStep.Continue;
            case KeyKind.Enter:
                return Enter(isOpen);
            case KeyKind.Tab:
                return EditorStep.Complete;
            case KeyKind.EndOfInput:
                return EditorStep.EndOfInput;
            case KeyKind.Control:
                return ApplyControl(key.Letter, killed);
            case KeyKind.Meta:
                ApplyMeta(key.Letter, killed, yankStart);
                return EditorStep.Continue;
            default:
                ApplyMovement(key.Kind);
                return EditorStep.Continue;
        }
    }

    private EditorStep Enter(Func<string, bool> isOpen)
    {
        if (!isOpen(buffer.Text))
            return EditorStep.Accept;
        buffer.Insert("\n");
        return EditorStep.Continue;
    }

    private EditorStep ApplyControl(char letter, bool killed)
    {
        switch (letter)
        {
            case 'c':
                return EditorStep.Interrupt;
            case 'd' when buffer.Text.Length == 0:
                return EditorStep.EndOfInput;
            case 'l':
                return EditorStep.ClearScreen;
            case 'r':
                return EditorStep.Search;
            case 'k':
                Kill(buffer.CutToEnd(), killed, atStart: false);
                break;
            case 'u':
                Kill(buffer.CutToStart(), killed, atStart: true);
                break;
            case 'w':
                Kill(buffer.CutBlankLeft(), killed, atStart: true);
                break;
            case 'y':
                Yank(buffer.Cursor);
                break;
            case 't':
                buffer.Transpose();
                break;
            case '_':
                buffer.Undo();
                break;
            default:
                ApplyMovement(MovementOf(letter));
                break;
        }
        return EditorStep.Continue;
    }

    private static KeyKind MovementOf(char letter) => letter switch
    {
        'a' => KeyKind.Home,
        'b' => KeyKind.Left,
        'd' => KeyKind.Delete,
        'e' => KeyKind.End,
        'f' => KeyKind.Right,
        'h' => KeyKind.Backspace,
        'n' => KeyKind.Down,
        'p' => KeyKind.Up,
        _ => KeyKind.Unknown,
    };

    private void ApplyMeta(char letter, bool killed, int yankStart)
    {
        switch (letter)
        {
            case 'b':
                buffer.MoveWordLeft();
                break;
            case 'f':
                buffer.MoveWordRight();
                break;
            case 'd':
                Kill(buffer.CutWordRight(), killed, atStart: false);
                break;
            case '\b' or '\x7f':
                Kill(buffer.CutWordLeft(), killed, atStart: true);
                break;
            case 'u':
                buffer.UpperWord();
                break;
            case 'l':
                buffer.LowerWord();
                break;
            case 'c':
                buffer.CapitalizeWord();
                break;
            case '<':
                buffer.MoveToStart();
                break;
            case '>':
                buffer.MoveToEnd();
                break;
            case 'y' when yankStart >= 0:
                kills.Rotate();
                Yank(yankStart);
                break;
        }
    }

    private void ApplyMovement(KeyKind kind)
    {
        switch (kind)
        {
            case KeyKind.Left:
                buffer.MoveLeft();
                break;
            case KeyKind.Right:
                buffer.MoveRight();
                break;
            case KeyKind.WordLeft:
                buffer.MoveWordLeft();
                break;
            case KeyKind.WordRight:
                buffer.MoveWordRight();
                break;
            case KeyKind.Home:
                buffer.MoveHome();
                break;
            case KeyKind.End:
                buffer.MoveEnd();
                break;
            case KeyKind.Backspace:
                buffer.Backspace();
                break;
            case KeyKind.Delete:
                buffer.Delete();
                break;
            case KeyKind.Up when !buffer.MoveUp():
                Recall(history.Older(buffer.Text));
                break;
            case KeyKind.Down when !buffer.MoveDown():
                Recall(history.Newer());
                break;
        }
    }

    private void Recall(string? entry)
    {
        if (entry is not null)
            buffer.Set(entry);
    }

    private void Kill(string text, bool joins, bool atStart)
    {
        kills.Add(text, joins, atStart);
        _killing = true;
    }

    private void Yank(int start)
    {
        buffer.ReplaceBeforeCursor(start, kills.Current);
        _yankStart = start;
    }
}
