using System.Diagnostics;
using Microsoft.Playwright;
using Quipu.Testing;

namespace Quipu.Web.Tests;

/// <summary>The page as the program serves it, talking to the bundled model.</summary>
public sealed class RealServerTests(BrowserFixture browser)
{
    private const string Mark = "listening at ";

    [Fact]
    public async Task A_person_talks_with_the_bundled_model()
    {
        var chromium = browser.Require();
        using var server = Start();
        try
        {
            string url = await AddressAsync(server);
            await using var context = await chromium.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 } });
            context.SetDefaultTimeout(30_000);
            var page = await context.NewPageAsync();
            List<string> problems = [];
            page.PageError += (_, error) => problems.Add(error);
            page.Console += (_, message) => problems.Add(message.Text);
            await page.GotoAsync(url);
            await TalkAsync(page);
            await page.GetByLabel("Make another answer").ClickAsync();
            var answer = page.GetByRole(AriaRole.Article, new() { Name = "Answer" });
            await Assertions.Expect(answer).ToContainTextAsync("2/2", new() { Timeout = 30_000 });
            await Assertions.Expect(answer).ToContainTextAsync("tokens/s", new() { Timeout = 30_000 });
            await page.GetByLabel("Probabilities of the tokens").ClickAsync();
            await page.Locator(".token").First.HoverAsync();
            await Assertions.Expect(page.Locator(".token-tip tr")).ToHaveCountAsync(5);
            Assert.Empty(problems);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    /// <summary>With every kind of setting in the request, so that the server's reading of all of them is tried.</summary>
    private static async Task TalkAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Settings", Exact = true }).ClickAsync();
        foreach (string group in new[] { "Choice of tokens", "Repetition", "Surprise", "Form of the answer" })
            await page.Locator("summary", new() { HasText = group }).ClickAsync();
        foreach (var field in await page.GetByRole(AriaRole.Spinbutton).AllAsync())
        {
            // The server's own value, sent by the page instead of left out; seed and length have none.
            string usual = await field.GetAttributeAsync("placeholder") ?? "";
            await field.FillAsync(usual == "auto" ? "12" : usual);
            await field.PressAsync("Tab");
        }
        await page.GetByLabel("System prompt").FillAsync("You answer briefly.");
        await page.GetByLabel("Stop texts").FillAsync("\u0001never\u0001");
        await page.GetByLabel("Keep the probabilities of tokens").CheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("#composer").FillAsync("Say hello.");
        await page.Locator("#composer").PressAsync("Enter");
        var answer = page.GetByRole(AriaRole.Article, new() { Name = "Answer" });
        await Assertions.Expect(answer).ToContainTextAsync("tokens/s", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator(".context")).ToContainTextAsync("of 512 tokens of context");
        Assert.NotEmpty((await answer.Locator(".markdown").InnerTextAsync()).Trim());
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        string program = Path.Combine(AppContext.BaseDirectory, "quipu.dll");
        foreach (string argument in (string[])["exec", program, "--server", "--port", "0", "--nobrowser", "-c", "512", "-np", "1", "-m", TestPaths.BundledModel])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task<string> AddressAsync(Process server)
    {
        while (await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.Contains(Mark, StringComparison.Ordinal))
            {
                // What it writes from here on must not fill the pipe.
                _ = server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
                return line[(line.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..].Trim();
            }
        throw new InvalidOperationException($"The server ended with code {server.ExitCode}.");
    }
}
