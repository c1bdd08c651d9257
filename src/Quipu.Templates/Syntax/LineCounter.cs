namespace Quipu.Templates.Syntax;

/// <summary>Finds line and column of places in a text; fast when the places are asked for in their order.</summary>
internal sealed class LineCounter(string source)
{
    private int _line = 1;
    private int _lineStart;
    private int _at;

    public Position At(int place)
    {
        if (place < _at)
        {
            _line = 1;
            _lineStart = 0;
            _at = 0;
        }
        for (; _at < place; _at++)
        {
            if (source[_at] != '\n')
                continue;
            _line++;
            _lineStart = _at + 1;
        }
        return new Position(_line, place - _lineStart + 1);
    }
}
