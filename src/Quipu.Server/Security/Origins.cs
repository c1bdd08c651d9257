using Microsoft.AspNetCore.Http;

namespace Quipu.Server.Security;

/// <summary>
/// Which pages may ask. The server's own page always may; others only where they are named. A browser would send some requests of foreign
/// pages without asking first, so they are refused here and not only by the missing header.
/// </summary>
/// <param name="allowed">Origins such as <c>https://example.org</c>, or <c>*</c> for all.</param>
internal sealed class Origins(IEnumerable<string> allowed)
{
    private readonly HashSet<string> _allowed = new(allowed.Select(origin => origin.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the request may go on, and writes the headers that a foreign page needs.</summary>
    public bool Admit(HttpContext context)
    {
        string origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || IsOwn(context.Request, origin))
            return true;
        if (!_allowed.Contains("*") && !_allowed.Contains(origin))
            return false;
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.Vary = "Origin";
        headers.AccessControlExposeHeaders = "X-Request-Id, Retry-After";
        return true;
    }

    /// <summary>Whether a browser asks what it may send; then the answer is written here.</summary>
    public static bool AnswerPreflight(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsOptions(request.Method) || request.Headers.AccessControlRequestMethod.Count == 0)
            return false;
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = request.Headers.AccessControlRequestHeaders.ToString() is { Length: > 0 } asked ? asked : "*";
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    private static bool IsOwn(HttpRequest request, string origin) =>
        origin.Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
}
