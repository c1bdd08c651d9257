using System.Text.Json;

namespace Quipu.Engine.Chat;

/// <summary>How far the beginning of a call, up to its arguments, can be read.</summary>
internal enum CallHeaderState
{
    /// <summary>It may become one.</summary>
    Incomplete,
    /// <summary>It is one.</summary>
    Complete,
    /// <summary>It is none.</summary>
    Wrong,
}

/// <summary>
/// Reads <c>{"name": "f", "arguments": {</c> or <c>f[ARGS]{</c>, so that the arguments can be passed on while they come. Other spellings
/// are read when the call is complete.
/// </summary>
internal ref struct CallHeader(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>The function.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The id that the model gave it, or null.</summary>
    public string? Id { get; private set; }

    /// <summary>Where the arguments begin.</summary>
    public readonly int Length => _at;

    /// <summary>Reads the object's form.</summary>
    public CallHeaderState ReadObject()
    {
        if (!Take('{') || !TakeString(out string key))
            return Failed();
        if (key == "type")
        {
            if (!Take(':') || !TakeString(out _) || !Take(',') || !TakeString(out key))
                return Failed();
        }
        if (key != "name")
            return CallHeaderState.Wrong;
        if (!Take(':') || !TakeString(out string name) || !Take(',') || !TakeString(out key))
            return Failed();
        Name = name;
        if (key is not ("arguments" or "parameters"))
            return CallHeaderState.Wrong;
        return Take(':') && Take('{') ? Complete() : Failed();
    }

    /// <summary>Reads the form with the name in front.</summary>
    public CallHeaderState ReadNamed()
    {
        int open = _text.IndexOf('{');
        var head = open < 0 ? _text : _text[..open];
        int mark = head.IndexOf('[');
        Name = (mark < 0 ? head : head[..mark]).Trim().ToString();
        if (!Name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.'))
            return CallHeaderState.Wrong;
        if (open < 0)
            return CallHeaderState.Incomplete;
        const string idMark = "[CALL_ID]";
        int id = head.IndexOf(idMark, StringComparison.Ordinal);
        if (id >= 0 && head[(id + idMark.Length)..] is { Length: >= ToolFormat.ShortIdLength } rest)
            Id = rest[..ToolFormat.ShortIdLength].ToString();
        _at = open + 1;
        return Name.Length > 0 ? Complete() : CallHeaderState.Wrong;
    }

    private CallHeaderState Complete()
    {
        _at--; // the arguments begin with their brace
        return CallHeaderState.Complete;
    }

    private readonly CallHeaderState Failed() => _at >= _text.Length ? CallHeaderState.Incomplete : CallHeaderState.Wrong;

    private bool Take(char wanted)
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
        if (_at >= _text.Length || _text[_at] != wanted)
            return false;
        _at++;
        return true;
    }

    private bool TakeString(out string value)
    {
        value = "";
        if (!Take('"'))
            return false;
        int start = _at;
        for (; _at < _text.Length && _text[_at] != '"'; _at++)
            if (_text[_at] == '\\')
                _at++;
        if (_at >= _text.Length)
        {
            _at = _text.Length;
            return false;
        }
        string raw = $"\"{_text[start.._at++]}\"";
        try
        {
            using var document = JsonDocument.Parse(raw);
            value = document.RootElement.GetString()!;
        }
        catch (JsonException)
        {
            value = raw; // no JSON string, and the name of no function
        }
        return true;
    }
}
