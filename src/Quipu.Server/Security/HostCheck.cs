using System.Net;
using Microsoft.AspNetCore.Http;

namespace Quipu.Server.Security;

/// <summary>
/// Against DNS rebinding: a foreign page can have its own name resolve to 127.0.0.1 and so reach a server on loopback, but the browser
/// then sends that name as Host. A loopback server answers only to the machine's own names.
/// </summary>
/// <param name="host">What the server listens on.</param>
/// <param name="allowed">Further names, as a proxy may send.</param>
internal sealed class HostCheck(string host, IEnumerable<string> allowed)
{
    private readonly bool _onLoopback = IsLoopback(host);
    private readonly HashSet<string> _allowed = new(allowed.Append(host), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a request addresses this server by a name that it may have.</summary>
    public bool Admits(HttpRequest request)
    {
        string name = request.Host.Host.Trim('[', ']');
        return !_onLoopback || IsLoopback(name) || _allowed.Contains(name);
    }

    /// <summary>Whether a name or address means this machine alone.</summary>
    public static bool IsLoopback(string name) =>
        name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
