using System.IO.Compression;
using System.Text;
using Quipu.Server.Page;

namespace Quipu.Server.Tests;

/// <summary>The page and its policy.</summary>
public sealed class PageTests
{
    [Fact]
    public void Only_the_scripts_of_the_page_may_run()
    {
        string policy = WebPage.PolicyOf("<html><style>a{}</style><script type=\"module\">one()</script><script>two()</script></html>");
        Assert.Contains("script-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.Contains(Digest("one()"), policy, StringComparison.Ordinal);
        Assert.Contains(Digest("two()"), policy, StringComparison.Ordinal);
        Assert.Contains(Digest("a{}"), policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Equal(["style-src-attr 'unsafe-inline'"], policy.Split("; ").Where(each => each.Contains("unsafe", StringComparison.Ordinal)));
        Assert.Contains("require-trusted-types-for 'script'; trusted-types dompurify", policy, StringComparison.Ordinal);

        static string Digest(string text) => $"'sha256-{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
    }

    [Fact]
    public async Task The_page_is_sent_compressed_and_once_a_version()
    {
        if (WebPage.Load() is null)
            Assert.Skip("The page is not built in: npm run build in web/.");
        await using var server = await TinyServer.StartAsync(options => options);
        using var first = new HttpRequestMessage(HttpMethod.Get, "/");
        first.Headers.Add("Accept-Encoding", "gzip");
        using var page = await server.Client.SendAsync(first, TestContext.Current.CancellationToken);
        Assert.Equal("gzip", page.Content.Headers.ContentEncoding.Single());
        await using var html = new GZipStream(await page.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        using var reader = new StreamReader(html);
        Assert.Contains("<html", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        using var unchanged = await server.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotModified, unchanged.StatusCode);
    }
}
