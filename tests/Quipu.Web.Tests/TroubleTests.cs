using Microsoft.Playwright;

namespace Quipu.Web.Tests;

/// <summary>What a person reads when something goes wrong, and how it goes on.</summary>
public sealed class TroubleTests(BrowserFixture browser) : PageTest(browser)
{
    private ILocator Failure => Page.Locator(".failure");

    [Fact]
    public async Task A_busy_server_is_asked_again_when_it_says()
    {
        bool busy = true;
        Server.Refuse = _ => busy ? new Refusal(429, new { message = "queue full" }, "1") : null;
        await SendAsync("Hello");
        await Expect(Failure).ToContainTextAsync("The server is busy with other requests. Trying again in 1 s.");
        busy = false;
        await Expect(Answers).ToContainTextAsync("You said: Hello");
        await Expect(Failure).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_full_context_is_explained()
    {
        Server.Refuse = _ => new Refusal(400, new { message = "The prompt has 9120 tokens, but the context holds 2048", code = "context_length_exceeded" });
        await SendAsync("Too long");
        await Expect(Failure).ToContainTextAsync("This conversation is too long for the model. The prompt has 9120 tokens, but the context holds 2048.");
        await Expect(Messages).ToHaveCountAsync(1);
        await Expect(Answers).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_stays_and_can_be_made_again()
    {
        Server.BreakAfter = 2;
        await SendAsync("Hello");
        await Expect(Failure).ToContainTextAsync("The connection broke off before the answer was complete.");
        await Expect(Answers).ToContainTextAsync("You said:");
        Server.BreakAfter = int.MaxValue;
        await Button("Retry").ClickAsync();
        await Expect(Answers).ToContainTextAsync("You said: Hello");
        await Expect(Answers).ToContainTextAsync("2/2");
    }

    [Fact]
    public async Task A_server_that_is_gone_is_waited_for()
    {
        await KnowServerAsync();
        await Page.RouteAsync("**/*", route => route.AbortAsync("connectionrefused"));
        await SendAsync("Hello");
        await Expect(Failure).ToContainTextAsync("The server does not answer.");
        await Expect(Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The server does not answer.");
        await Page.UnrouteAsync("**/*");
        // It is asked every three seconds, and the first time may still be refused.
        await Expect(Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0, new() { Timeout = 15_000 });
        await Button("Retry").ClickAsync();
        await Expect(Answers).ToContainTextAsync("You said: Hello");
    }

    [Fact]
    public async Task A_refusal_is_shown_in_the_servers_words()
    {
        Server.Refuse = _ => new Refusal(400, new { message = "'grammar' cannot be read: line 1" });
        await SendAsync("Hello");
        await Expect(Failure).ToContainTextAsync("The server refused: 'grammar' cannot be read: line 1.");
        await Button("Dismiss").ClickAsync();
        await Expect(Failure).ToHaveCountAsync(0);
    }

    private async Task SendAsync(string message)
    {
        await Composer.FillAsync(message);
        await Composer.PressAsync("Enter");
    }
}

/// <summary>A server with a key and a prefix.</summary>
public sealed class KeyTests(BrowserFixture browser) : PageTest(browser)
{
    internal override Task<ScriptedServer> StartServerAsync() => ScriptedServer.StartAsync(key: "secret", prefix: "/some/where");

    [Fact]
    public async Task The_page_asks_for_the_key()
    {
        await EnterAsync("wrong");
        await Expect(Page.GetByText("The server does not accept this key.")).ToBeVisibleAsync();
        await EnterAsync("secret");
        await Expect(Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await TalkAsync("Hello");
        await Page.ReloadAsync();
        await TalkAsync("Hello again");
    }

    private async Task EnterAsync(string key)
    {
        await Page.GetByLabel("Key", new() { Exact = true }).FillAsync(key);
        await Button("Use this key").ClickAsync();
    }
}
