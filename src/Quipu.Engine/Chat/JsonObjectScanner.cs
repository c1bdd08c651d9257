using System.Text;

namespace Quipu.Engine.Chat;

/// <summary>Finds the end of a JSON object that comes in pieces.</summary>
internal struct JsonObjectScanner
{
    private int _depth;
    private bool _inString, _escaped;

    /// <summary>Whether the object has ended.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Reads on.</summary>
    /// <returns>How many characters belong to the object.</returns>
    public int Scan(StringBuilder text)
    {
        int at = 0;
        while (at < text.Length && !IsComplete)
            Take(text[at++]);
        return at;
    }

    private void Take(char letter)
    {
        if (_escaped)
            _escaped = false;
        else if (_inString)
            (_inString, _escaped) = (letter != '"', letter == '\\');
        else if (letter == '"')
            _inString = true;
        else if (letter is '{' or '[')
            _depth++;
        else if (letter is '}' or ']' && --_depth == 0)
            IsComplete = true;
    }
}
