using System.Text;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>
/// Paints an edited text over the one painted before. A text taller than the terminal shows the rows around the cursor.
/// Every method returns what must be written.
/// </summary>
internal sealed class EditorScreen
{
    private int _cursorRow;
    private int _visibleRows;

    /// <summary>Paints a layout.</summary>
    /// <param name="layout">What to show.</param>
    /// <param name="height">The terminal's rows.</param>
    public string Paint(EditorLayout layout, int height)
    {
        int visible = Math.Clamp(layout.Rows.Length, 1, Math.Max(height, 1));
        int first = Math.Clamp(layout.CursorRow - visible + 1, 0, layout.Rows.Length - visible);
        var output = new StringBuilder();
        output.Append(Ansi.HideCursor).Append(Home());
        for (int i = 0; i < visible; i++)
            output.Append(i == 0 ? "" : "\r\n").Append(layout.Rows[first + i]);
        _visibleRows = visible;
        _cursorRow = layout.CursorRow - first;
        output.Append(Ansi.Up(visible - 1 - _cursorRow)).Append('\r').Append(Ansi.Right(layout.CursorColumn));
        return output.Append(Ansi.ShowCursor).ToString();
    }

    /// <summary>Moves below what was painted, where other output may go on.</summary>
    public string Leave()
    {
        string output = Ansi.Down(_visibleRows - 1 - _cursorRow) + "\r\n";
        Forget();
        return output;
    }

    /// <summary>Erases what was painted and moves to its start.</summary>
    public string Home()
    {
        string output = Ansi.Up(_cursorRow) + "\r" + Ansi.EraseBelow;
        Forget();
        return output;
    }

    /// <summary>The screen was cleared or scrolled by something else.</summary>
    public void Forget()
    {
        _cursorRow = 0;
        _visibleRows = 1;
    }
}
