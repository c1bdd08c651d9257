using System.Text;
using System.Text.Json;

namespace Quipu.Engine.Chat;

/// <summary>
/// Finds calls in the text of an answer while it comes. What is certain not to be one is passed on at once, and so are the arguments of a
/// call whose name is known.
/// </summary>
/// <param name="format">How the model writes calls.</param>
/// <param name="tools">The functions.</param>
internal sealed class ToolCallParser(ToolFormat format, IReadOnlyList<ToolDefinition> tools)
{
    private const string PythonTag = "<|python_tag|>";

    private readonly StringBuilder _pending = new();
    private JsonObjectScanner _scanner;
    private State _state = format.Begin.Length == 0 ? State.Start : State.Text;
    private bool _afterCall;
    private int _calls;

    private enum State
    {
        /// <summary>An answer that begins with an object is a call.</summary>
        Start,
        /// <summary>Text, perhaps with the mark of a call.</summary>
        Text,
        /// <summary>Text to the end.</summary>
        Plain,
        /// <summary>A call up to its arguments.</summary>
        Header,
        /// <summary>The arguments.</summary>
        Arguments,
        /// <summary>Between the arguments and the end of the call.</summary>
        Tail,
        /// <summary>A call in another spelling, to be read when it is complete.</summary>
        Whole,
    }

    /// <summary>Adds text.</summary>
    /// <param name="text">What came.</param>
    /// <param name="ended">Whether it is the last.</param>
    /// <returns>Text that is no call, and what is new of calls.</returns>
    public (string Text, IReadOnlyList<ToolCallDelta> Calls) Append(string text, bool ended)
    {
        _pending.Append(text);
        var plain = new StringBuilder();
        List<ToolCallDelta> calls = [];
        while (Advance(plain, calls, ended))
        {
            // Each turn takes what is certain; the last one found nothing more.
        }
        return (plain.ToString(), calls);
    }

    /// <summary>Takes what is certain of the pending text.</summary>
    /// <returns>Whether the state has changed, so that more may be certain.</returns>
    private bool Advance(StringBuilder plain, List<ToolCallDelta> calls, bool ended)
    {
        switch (_state)
        {
            case State.Start:
                return TakeStart(ended);
            case State.Text:
                return TakeText(plain, ended);
            case State.Header:
                return TakeHeader(calls, ended);
            case State.Arguments:
                return TakeArguments(calls);
            case State.Tail:
                return TakeTail(ended);
            case State.Whole:
                return TakeWhole(plain, calls, ended);
            default:
                plain.Append(_pending);
                _pending.Clear();
                return false;
        }
    }

    private bool TakeStart(bool ended)
    {
        string pending = _pending.ToString();
        var text = pending.AsSpan().TrimStart();
        if (_afterCall)
            text = text.TrimStart("; \n");
        if (text.StartsWith(PythonTag, StringComparison.Ordinal))
            text = text[PythonTag.Length..].TrimStart();
        bool mayBegin = text.IsEmpty || PythonTag.AsSpan().StartsWith(text, StringComparison.Ordinal);
        if (mayBegin && !ended)
            return false;
        if (text is ['{', ..])
            Drop(pending.Length - text.Length, State.Header);
        else
            _state = State.Plain;
        return true;
    }

    /// <summary>Takes text up to the next call, or what cannot be the beginning of its mark.</summary>
    private bool TakeText(StringBuilder plain, bool ended)
    {
        if (_afterCall)
        {
            // Line breaks between calls say nothing.
            string all = _pending.ToString();
            int blanks = all.Length - all.AsSpan().TrimStart().Length;
            _pending.Remove(0, blanks);
            _afterCall = _pending.Length == 0;
        }
        string pending = _pending.ToString();
        int at = pending.IndexOf(format.Begin, StringComparison.Ordinal);
        if (at >= 0)
        {
            plain.Append(pending, 0, at);
            Drop(at + format.Begin.Length, State.Header);
            return true;
        }
        int keep = ended ? 0 : BeginningOf(format.Begin, pending);
        plain.Append(pending, 0, pending.Length - keep);
        _pending.Remove(0, pending.Length - keep);
        return false;
    }

    private bool TakeHeader(List<ToolCallDelta> calls, bool ended)
    {
        string pending = _pending.ToString();
        // The bracket of a list stands before its first call.
        int skip = format.Shape == CallShape.List ? pending.Length - pending.AsSpan().TrimStart("[ \n\t").Length : 0;
        var header = new CallHeader(pending.AsSpan(skip));
        var read = format.Shape == CallShape.Named ? header.ReadNamed() : header.ReadObject();
        string name = header.Name;
        if (read == CallHeaderState.Complete && format.Begin.Length == 0 && !tools.Any(tool => tool.Name == name))
            read = CallHeaderState.Wrong;
        if (read == CallHeaderState.Incomplete && !ended)
            return false;
        if (read != CallHeaderState.Complete)
        {
            _state = format.Begin.Length > 0 ? State.Whole : State.Plain;
            return true;
        }
        string id = header.Id ?? format.NewId();
        calls.Add(new ToolCallDelta(_calls++, id, name, ""));
        Drop(skip + header.Length, State.Arguments);
        _scanner = default;
        return true;
    }

    private bool TakeArguments(List<ToolCallDelta> calls)
    {
        int length = _scanner.Scan(_pending);
        string part = _pending.ToString(0, length);
        if (calls is [.., var begun])
            calls[^1] = begun with { Arguments = part };
        else if (length > 0)
            calls.Add(new ToolCallDelta(_calls - 1, null, null, part));
        _pending.Remove(0, length);
        if (!_scanner.IsComplete)
            return false;
        _state = State.Tail;
        return true;
    }

    private bool TakeTail(bool ended)
    {
        string pending = _pending.ToString();
        int next = format.Shape switch
        {
            CallShape.Named => 0,
            CallShape.List => pending.AsSpan().IndexOfAny('{', ']'),
            _ when format.End.Length == 0 => pending.IndexOf('}', StringComparison.Ordinal),
            _ => pending.IndexOf(format.End, StringComparison.Ordinal),
        };
        if (next < 0)
        {
            if (ended)
                _pending.Clear();
            return false;
        }
        if (format.Shape == CallShape.List && pending[next] == '{')
        {
            Drop(next, State.Header);
            return true;
        }
        int length = format.Shape == CallShape.Named ? 0 : format.Shape == CallShape.List || format.End.Length == 0 ? 1 : format.End.Length;
        Drop(next + length, format.Begin.Length == 0 ? State.Start : State.Text);
        _afterCall = true;
        return _pending.Length > 0;
    }

    private bool TakeWhole(StringBuilder plain, List<ToolCallDelta> calls, bool ended)
    {
        string pending = _pending.ToString();
        int end = format.End.Length == 0 ? -1 : pending.IndexOf(format.End, StringComparison.Ordinal);
        if (end < 0 && !ended)
            return false;
        string call = end < 0 ? pending : pending[..end];
        var read = Read(call);
        calls.AddRange(read);
        if (read.Count == 0)
            plain.Append(format.Begin).Append(call).Append(end < 0 ? "" : format.End);
        Drop(end < 0 ? pending.Length : end + format.End.Length, State.Text);
        _afterCall = read.Count > 0;
        return _pending.Length > 0;
    }

    /// <summary>The calls of a complete text; none where it has none, as when it was cut off.</summary>
    private List<ToolCallDelta> Read(string text)
    {
        List<ToolCallDelta> calls = [];
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            foreach (var call in root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : (JsonElement[])[root])
            {
                bool named = call.ValueKind == JsonValueKind.Object && call.TryGetProperty("name", out var name)
                    && name.ValueKind == JsonValueKind.String;
                if (named)
                    calls.Add(new ToolCallDelta(_calls++, format.NewId(), call.GetProperty("name").GetString(), ArgumentsOf(call)));
            }
        }
        catch (JsonException)
        {
            return calls;
        }
        return calls;
    }

    private static string ArgumentsOf(JsonElement call)
    {
        // Some models write 'parameters', and some the object as a text.
        if (!call.TryGetProperty("arguments", out var arguments) && !call.TryGetProperty("parameters", out arguments))
            return "{}";
        string? text = arguments.ValueKind == JsonValueKind.String ? arguments.GetString() : null;
        return text is not null && JsonText.IsObject(text) ? text : arguments.GetRawText();
    }

    private void Drop(int length, State next)
    {
        _pending.Remove(0, length);
        _state = next;
    }

    private static int BeginningOf(string mark, string text)
    {
        for (int length = Math.Min(mark.Length - 1, text.Length); length > 0; length--)
            if (text.EndsWith(mark[..length], StringComparison.Ordinal))
                return length;
        return 0;
    }
}
