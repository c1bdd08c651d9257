using System.Text;
using System.Text.Json;

namespace Quipu.Server.Chat;

/// <summary>Finds calls in the text of an answer while it comes. What is certain not to be one is passed on at once.</summary>
/// <param name="begun">Whether the prompt ends within a call, as it does where one is forced.</param>
internal sealed class ToolCallParser(bool begun)
{
    private readonly StringBuilder _pending = new();
    private bool _inCall = begun;
    private bool _afterCall;
    private int _calls;

    /// <summary>Adds text.</summary>
    /// <param name="text">What came.</param>
    /// <param name="ended">Whether it is the last.</param>
    /// <returns>Text that is no call, and calls that are complete.</returns>
    public (string Text, IReadOnlyList<ToolCallDelta> Calls) Append(string text, bool ended)
    {
        _pending.Append(text);
        var plain = new StringBuilder();
        List<ToolCallDelta> calls = [];
        while (_inCall ? TakeCall(plain, calls, ended) : TakeText(plain, ended))
        {
            // Each turn takes what is certain; the last one found nothing more.
        }
        return (plain.ToString(), calls);
    }

    /// <summary>Takes text up to the next call, or what cannot be the beginning of its mark.</summary>
    /// <returns>Whether a call has begun.</returns>
    private bool TakeText(StringBuilder plain, bool ended)
    {
        string pending = _pending.ToString();
        if (_afterCall)
        {
            // Line breaks between calls say nothing.
            int blanks = pending.Length - pending.AsSpan().TrimStart().Length;
            _pending.Remove(0, blanks);
            pending = pending[blanks..];
            _afterCall = pending.Length == 0;
        }
        int at = pending.IndexOf(ToolPrompt.Begin, StringComparison.Ordinal);
        if (at >= 0)
        {
            plain.Append(pending, 0, at);
            _pending.Remove(0, at + ToolPrompt.Begin.Length);
            _inCall = true;
            return true;
        }
        int keep = ended ? 0 : BeginningOfMark(pending);
        plain.Append(pending, 0, pending.Length - keep);
        _pending.Remove(0, pending.Length - keep);
        return false;
    }

    /// <summary>Takes a call where it is complete.</summary>
    /// <returns>Whether text follows.</returns>
    private bool TakeCall(StringBuilder plain, List<ToolCallDelta> calls, bool ended)
    {
        string pending = _pending.ToString();
        int end = pending.IndexOf(ToolPrompt.End, StringComparison.Ordinal);
        if (end < 0 && !ended)
            return false;
        string call = end < 0 ? pending : pending[..end];
        _pending.Clear().Append(end < 0 ? "" : pending[(end + ToolPrompt.End.Length)..]);
        _inCall = false;
        var read = Read(call);
        _afterCall = read is not null;
        if (read is not null)
            calls.Add(read);
        else
            plain.Append(ToolPrompt.Begin).Append(call).Append(end < 0 ? "" : ToolPrompt.End);
        return _pending.Length > 0;
    }

    /// <summary>A call; null where the text is none, as when it was cut off.</summary>
    private ToolCallDelta? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var call = document.RootElement;
            if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
                return null;
            // Some models write 'parameters'.
            bool has = call.TryGetProperty("arguments", out var arguments) || call.TryGetProperty("parameters", out arguments);
            return new ToolCallDelta(_calls++, ServerCore.NewId("call_"), name.GetString(), has ? arguments.GetRawText() : "{}");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int BeginningOfMark(string text)
    {
        for (int length = Math.Min(ToolPrompt.Begin.Length - 1, text.Length); length > 0; length--)
            if (text.EndsWith(ToolPrompt.Begin[..length], StringComparison.Ordinal))
                return length;
        return 0;
    }
}
