using System.Globalization;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Tests.Chat;

/// <summary>As much of a terminal as the editor writes for: rows of cells, a cursor, and the sequences that move and erase.</summary>
internal sealed class VirtualScreen(int columns)
{
    private readonly List<string[]> _rows = [NewRow(columns)];
    private int _row;
    private int _column;

    public (int Row, int Column) Cursor => (_row, _column);

    /// <summary>What a reader sees, without blanks at the ends of lines and empty lines at the end.</summary>
    public string Text => string.Join('\n', _rows.Select(row => string.Concat(row).TrimEnd())).TrimEnd('\n');

    public VirtualScreen Write(string output)
    {
        for (int at = 0; at < output.Length;)
        {
            if (output[at] == '\e')
            {
                int end = at + 2;
                while (!char.IsAsciiLetter(output[end]))
                    end++;
                Sequence(output[end], output[(at + 2)..end]);
                at = end + 1;
                continue;
            }
            int length = StringInfo.GetNextTextElementLength(output.AsSpan(at));
            if (output.AsSpan(at).StartsWith("\r\n"))
                length = 1;
            Put(output.Substring(at, length));
            at += length;
        }
        return this;
    }

    private static string[] NewRow(int columns) => [.. Enumerable.Repeat(" ", columns)];

    private void Put(string element)
    {
        switch (element)
        {
            case "\r":
                _column = 0;
                return;
            case "\n":
                MoveDown();
                return;
        }
        int width = DisplayWidth.OfElement(element);
        Assert.True(_column + width <= columns, $"'{element}' is written beyond the last column: the editor breaks its rows itself.");
        if (width == 0)
            return;
        _rows[_row][_column] = element;
        for (int i = 1; i < width; i++)
            _rows[_row][_column + i] = "";
        _column += width;
    }

    private void MoveDown()
    {
        _row++;
        if (_row == _rows.Count)
            _rows.Add(NewRow(columns));
    }

    private void Sequence(char command, string parameters)
    {
        int count = int.TryParse(parameters, CultureInfo.InvariantCulture, out int given) ? given : 1;
        switch (command)
        {
            case 'A':
                _row -= count;
                Assert.True(_row >= 0, "The cursor goes above the first row.");
                break;
            case 'B':
                _row += count;
                break;
            case 'C':
                _column += count;
                break;
            case 'J' when parameters.Length == 0:
                Erase(_row, _column);
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                break;
            case 'J':
                _rows.Clear();
                _rows.Add(NewRow(columns));
                break;
            case 'K':
                Erase(_row, _column);
                break;
            case 'H':
                (_row, _column) = (0, 0);
                break;
            case 'm' or 'h' or 'l':
                break;
            default:
                Assert.Fail($"The sequence {parameters}{command} is not known.");
                break;
        }
    }

    private void Erase(int row, int from) => Array.Fill(_rows[row], " ", from, columns - from);
}
