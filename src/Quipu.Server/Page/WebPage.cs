using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Quipu.Gguf;
using Quipu.Server.Http;

namespace Quipu.Server.Page;

/// <summary>
/// The page, one file that is built into the program. It is sent compressed, once a version, and with a policy under which the browser runs
/// only the scripts that are in it.
/// </summary>
internal sealed partial class WebPage
{
    private const string Resource = "Quipu.Server.Page.index.html";

    private readonly byte[] _html;
    private readonly Lazy<byte[]> _compressed;
    private readonly string _etag;
    private readonly string _policy;

    internal WebPage(byte[] html)
    {
        _html = html;
        _compressed = new(() => Compress(html));
        _etag = $"\"{Convert.ToHexStringLower(Sha256.Hash(html).AsSpan(0, 12))}\"";
        _policy = PolicyOf(Encoding.UTF8.GetString(html));
    }

    /// <summary>The page that was built in; null where none was.</summary>
    public static WebPage? Load()
    {
        using var stream = typeof(WebPage).Assembly.GetManifestResourceStream(Resource);
        if (stream is null)
            return null;
        byte[] html = new byte[stream.Length];
        stream.ReadExactly(html);
        return new WebPage(html);
    }

    /// <summary>Serves it.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ContentSecurityPolicy = _policy;
        response.Headers.ETag = _etag;
        response.Headers.CacheControl = "no-cache";
        response.Headers.Vary = "Accept-Encoding";
        if (request.Headers.IfNoneMatch.ToString().Contains(_etag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        bool gzip = StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var codings)
            && codings.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is null or > 0);
        byte[] body = gzip ? _compressed.Value : _html;
        if (gzip)
            response.Headers.ContentEncoding = "gzip";
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>What is said where no page was built in.</summary>
    public static ApiException Absent() =>
        new(404, "This program was built without the page. The API is below /v1; /openapi.json describes it.", code: "no_page");

    /// <summary>The policy: scripts and style sheets by their digests, data from this server alone.</summary>
    internal static string PolicyOf(string html)
    {
        string scripts = Digests(ScriptElement().Matches(html));
        string styles = Digests(StyleElement().Matches(html));
        // Formulas are laid out by style attributes, which run nothing. The icon is the only picture. HTML comes into the page by way of
        // DOMPurify alone: browsers that know trusted types refuse every other one.
        string[] directives =
        [
            "default-src 'none'",
            $"script-src{scripts}",
            $"style-src{styles}",
            $"style-src-elem{styles}",
            "style-src-attr 'unsafe-inline'",
            "img-src data:",
            "font-src data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types dompurify",
        ];
        return string.Join("; ", directives);
    }

    private static string Digests(MatchCollection elements) => elements.Count == 0
        ? " 'none'"
        : string.Concat(elements.Select(element =>
            $" 'sha256-{Convert.ToBase64String(Sha256.Hash(Encoding.UTF8.GetBytes(element.Groups[1].Value)))}'").Distinct());

    private static byte[] Compress(byte[] html)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Optimal))
            gzip.Write(html);
        return buffer.ToArray();
    }

    [GeneratedRegex("<script(?:\\s[^>]*)?>(.*?)</script\\s*>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex ScriptElement();

    [GeneratedRegex("<style(?:\\s[^>]*)?>(.*?)</style\\s*>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex StyleElement();
}
