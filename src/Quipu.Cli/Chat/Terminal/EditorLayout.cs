using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>The rows of a terminal that an edited text takes, and where its cursor is.</summary>
/// <param name="Rows">What is printed, row by row, with colours.</param>
/// <param name="CursorRow">The cursor's row, from 0.</param>
/// <param name="CursorColumn">The cursor's column, from 0.</param>
internal sealed record EditorLayout(ImmutableArray<string> Rows, int CursorRow, int CursorColumn)
{
    private const int TabWidth = 8;

    /// <summary>Lays a text out.</summary>
    /// <param name="request">Prompts and colours.</param>
    /// <param name="text">The text.</param>
    /// <param name="cursor">The cursor's index in it.</param>
    /// <param name="hint">Shown faint behind the text.</param>
    /// <param name="columns">The terminal's width.</param>
    /// <param name="color">Whether to use colours.</param>
    public static EditorLayout Create(LineRequest request, string text, int cursor, string hint, int columns, bool color)
    {
        var builder = new Builder(Math.Max(columns, 2));
        builder.Add(request.Prompt, color ? request.PromptColor : "");
        for (int at = 0; at < text.Length;)
        {
            if (at == cursor)
                builder.MarkCursor();
            int length = StringInfo.GetNextTextElementLength(text.AsSpan(at));
            if (text[at] == '\n')
            {
                builder.Break();
                builder.Add(request.Continuation, color ? request.PromptColor : "");
            }
            else
            {
                builder.AddElement(text.AsSpan(at, length));
            }
            at += length;
        }
        if (cursor == text.Length)
            builder.MarkCursor();
        builder.Add(hint, color ? Ansi.FaintParameters : "");
        return builder.Build();
    }

    private sealed class Builder(int columns)
    {
        private readonly List<string> _rows = [];
        private readonly StringBuilder _row = new();
        private int _column;
        private int _cursorRow;
        private int _cursorColumn;

        public void Add(string text, string parameters)
        {
            if (text.Length == 0)
                return;
            _row.Append(Ansi.Start(parameters));
            for (int at = 0; at < text.Length;)
            {
                int length = StringInfo.GetNextTextElementLength(text.AsSpan(at));
                AddElement(text.AsSpan(at, length));
                at += length;
            }
            _row.Append(Ansi.End(parameters));
        }

        public void AddElement(ReadOnlySpan<char> element)
        {
            if (element is ['\t'])
            {
                Place("        ".AsSpan(0, TabWidth - (_column % TabWidth)), TabWidth - (_column % TabWidth));
                return;
            }
            if (element[0] < ' ' || element[0] == '\x7f')
            {
                Place(['^', (char)(element[0] ^ 64)], 2);
                return;
            }
            Place(element, DisplayWidth.OfElement(element));
        }

        public void MarkCursor()
        {
            // Behind the last column there is no place for a cursor: it waits at the start of the next row.
            if (_column >= columns)
                Break();
            _cursorRow = _rows.Count;
            _cursorColumn = _column;
        }

        public void Break()
        {
            _rows.Add(_row.ToString());
            _row.Clear();
            _column = 0;
        }

        public EditorLayout Build()
        {
            Break();
            return new EditorLayout([.. _rows], _cursorRow, _cursorColumn);
        }

        private void Place(ReadOnlySpan<char> shown, int width)
        {
            if (_column + width > columns)
                Break();
            _row.Append(shown);
            _column += width;
        }
    }
}
