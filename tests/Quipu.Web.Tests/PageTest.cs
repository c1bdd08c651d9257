using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Quipu.Web.Tests;

/// <summary>A test with a server and, in a profile of its own, a page. It fails when the page throws or breaks its content policy.</summary>
/// <param name="browser">The browser.</param>
public abstract class PageTest(BrowserFixture browser) : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _problems = new();
    private IBrowserContext? _context;

    /// <summary>The page.</summary>
    protected IPage Page { get; private set; } = null!;

    /// <summary>Its server.</summary>
    internal ScriptedServer Server { get; set; } = null!;

    /// <summary>Addresses that the page asked for.</summary>
    protected ConcurrentQueue<string> Addresses { get; } = new();

    /// <summary>How the profile is.</summary>
    protected virtual BrowserNewContextOptions Options => new() { ViewportSize = new() { Width = 1280, Height = 800 } };

    /// <summary>The field for messages.</summary>
    protected ILocator Composer => Page.Locator("#composer");

    /// <summary>Answers that are shown.</summary>
    protected ILocator Answers => Page.GetByRole(AriaRole.Article, new() { Name = "Answer" });

    /// <summary>Messages that are shown.</summary>
    protected ILocator Messages => Page.GetByRole(AriaRole.Article, new() { Name = "You" });

    internal virtual Task<ScriptedServer> StartServerAsync() => ScriptedServer.StartAsync();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var chromium = browser.Require();
        Server = await StartServerAsync();
        _context = await chromium.NewContextAsync(Options);
        _context.SetDefaultTimeout(10_000);
        Page = await _context.NewPageAsync();
        Page.Request += (_, request) => Addresses.Enqueue(request.Url);
        Page.PageError += (_, error) => _problems.Enqueue(error);
        Page.Console += (_, message) =>
        {
            // What the server refuses on purpose is logged by the browser too.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                _problems.Enqueue(message.Text);
        };
        await Page.GotoAsync(Server.Url);
        await Composer.WaitForAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_context is not null)
            await _context.DisposeAsync();
        if (Server is not null)
            await Server.DisposeAsync();
        Assert.Empty(_problems);
        GC.SuppressFinalize(this);
    }

    /// <summary>Sends a message and waits until it is answered.</summary>
    protected async Task TalkAsync(string message)
    {
        await Composer.FillAsync(message);
        await Composer.PressAsync("Enter");
        await Expect(Button("Send")).ToBeVisibleAsync();
        await Expect(Answers.Last).ToContainTextAsync(message);
        await Expect(Answers.Last).ToContainTextAsync("tokens/s");
    }

    /// <summary>Waits until the page knows its server, having asked for all that it asks at its start.</summary>
    protected Task KnowServerAsync() => Expect(Page.Locator(".model")).ToHaveTextAsync("scripted");

    /// <summary>Waits until the browser keeps a conversation with these words: the page writes it only some time after a change.</summary>
    protected async Task KeptAsync(string words)
    {
        const int Tries = 200;
        for (int i = 0; i < Tries && !await IsKeptAsync(words); i++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.True(await IsKeptAsync(words), $"The browser does not keep '{words}'.");
    }

    // Not by WaitForFunctionAsync, for which a promise is true already.
    private Task<bool> IsKeptAsync(string words) => Page.EvaluateAsync<bool>(
        """
        words => new Promise((resolve, reject) => {
          const opening = indexedDB.open('quipu');
          opening.onerror = reject;
          opening.onsuccess = () => {
            const reading = opening.result.transaction('conversations').objectStore('conversations').getAll();
            reading.onerror = reject;
            reading.onsuccess = () => {
              opening.result.close();
              resolve(JSON.stringify(reading.result).includes(words));
            };
          };
        })
        """,
        words);

    /// <summary>A button by its whole name.</summary>
    protected ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Playwright's assertions, which wait.</summary>
    protected static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
