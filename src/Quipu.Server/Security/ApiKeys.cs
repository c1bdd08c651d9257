using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Quipu.Gguf;

namespace Quipu.Server.Security;

/// <summary>
/// The keys that open the server. Compared are digests, all of them and whole, so that the time tells nothing about how much of a guess
/// was right, nor how long a key is.
/// </summary>
internal sealed class ApiKeys
{
    private readonly byte[][] _digests;

    public ApiKeys(IEnumerable<string> keys) => _digests = [.. keys.Select(Digest)];

    /// <summary>Whether keys are asked for at all.</summary>
    public bool Required => _digests.Length > 0;

    /// <summary>Whether a request shows a key: <c>Authorization: Bearer KEY</c>, or <c>x-api-key: KEY</c> as Anthropic's clients do.</summary>
    public bool Admits(HttpRequest request)
    {
        if (!Required)
            return true;
        string authorization = request.Headers.Authorization.ToString();
        const string scheme = "Bearer ";
        string? shown = authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[scheme.Length..].Trim()
            : request.Headers["x-api-key"] is [{ } key] ? key : null;
        return shown is not null && Knows(shown);
    }

    private bool Knows(string shown)
    {
        byte[] digest = Digest(shown);
        bool known = false;
        foreach (byte[] each in _digests)
            known |= CryptographicOperations.FixedTimeEquals(digest, each);
        return known;
    }

    private static byte[] Digest(string key) => Sha256.Hash(Encoding.UTF8.GetBytes(key));
}
