using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Quipu.Engine.Chat;

namespace Quipu.Extensions.AI;

/// <summary>Puts calls together from what is new of them. A call is passed on when it is complete: its arguments are read then.</summary>
internal sealed class CallCollector
{
    private readonly StringBuilder _arguments = new();
    private ToolCallDelta? _open;

    /// <summary>Whether there was any call.</summary>
    public bool Any { get; private set; }

    /// <summary>Takes what is new.</summary>
    /// <param name="deltas">Parts of calls.</param>
    /// <param name="ended">Whether the answer has ended.</param>
    /// <returns>The calls that are complete by now.</returns>
    public IEnumerable<FunctionCallContent> Add(IReadOnlyList<ToolCallDelta> deltas, bool ended)
    {
        foreach (var delta in deltas)
        {
            if (delta.Index != _open?.Index)
            {
                if (_open is not null)
                    yield return Close();
                (_open, Any) = (delta, true);
            }
            _arguments.Append(delta.Arguments);
        }
        if (ended && _open is not null)
            yield return Close();
    }

    /// <summary>The call; arguments that were cut off come as the exception that reading them made.</summary>
    private FunctionCallContent Close()
    {
        var call = FunctionCallContent.CreateFromParsedArguments(_arguments.ToString(), _open!.Id!, _open.Name!, Parse);
        _arguments.Clear();
        _open = null;
        return call;
    }

    private static IDictionary<string, object?>? Parse(string arguments) => (IDictionary<string, object?>?)JsonSerializer.Deserialize(
        arguments, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)));
}
