using Microsoft.Playwright;

namespace Quipu.Web.Tests;

/// <summary>A base model: one text that it goes on with.</summary>
public sealed class CompletionTests(BrowserFixture browser) : PageTest(browser)
{
    internal override Task<ScriptedServer> StartServerAsync() => ScriptedServer.StartAsync(isBase: true);

    [Fact]
    public async Task A_base_model_starts_with_a_text()
    {
        int count = 0;
        Server.Answer = _ => ScriptedServer.Pieces($" lived king {++count}.");
        await Expect(Choice("Completion")).ToBeCheckedAsync();
        await Expect(Choice("Chat")).ToBeDisabledAsync();
        await Composer.FillAsync("Once there");
        await Composer.PressAsync("Control+Enter");
        await Expect(Composer).ToHaveValueAsync("Once there lived king 1.");
        await Expect(Page.Locator(".paper-text .assistant")).ToHaveTextAsync(" lived king 1.");
        Assert.Equal("Once there", (string?)Server.Requests.Last()["prompt"]);

        await Button("Make another continuation").ClickAsync();
        await Expect(Composer).ToHaveValueAsync("Once there lived king 2.");
        await Button("Previous version").ClickAsync();
        await Expect(Composer).ToHaveValueAsync("Once there lived king 1.");

        await Composer.FillAsync("Once there lived king 1. Beside him");
        await Button("Continue").ClickAsync();
        await Expect(Composer).ToHaveValueAsync("Once there lived king 1. Beside him lived king 3.");
        await Expect(Page.GetByText("23 of 2,048 tokens of context")).ToBeVisibleAsync();
        await KeptAsync(" lived king 3.");
        await Page.ReloadAsync();
        await Expect(Composer).ToHaveValueAsync("Once there lived king 1. Beside him lived king 3.");
    }

    [Fact]
    public async Task Its_tokens_have_probabilities_too()
    {
        // The page is a chat until it knows the server.
        await Expect(Choice("Completion")).ToBeCheckedAsync();
        await Button("Settings").ClickAsync();
        await Page.GetByLabel("Keep the probabilities of tokens").CheckAsync();
        Server.Answer = _ => ScriptedServer.Pieces(" lived a king.");
        await Composer.FillAsync("Once there");
        await Button("Continue").ClickAsync();
        await Button("Probabilities of the tokens").ClickAsync();
        await Page.Locator(".token").Nth(1).HoverAsync();
        await Expect(Page.Locator(".token-tip")).ToContainTextAsync("·lived");
    }

    [Fact]
    public async Task What_was_typed_before_the_server_answered_stays()
    {
        await Expect(Choice("Completion")).ToBeCheckedAsync();
        var typed = new TaskCompletionSource();
        await Page.RouteAsync("**/props", async route =>
        {
            await typed.Task;
            await route.ContinueAsync();
        });
        await Page.ReloadAsync();
        await Expect(Choice("Chat")).ToBeCheckedAsync();
        await Composer.FillAsync("Once there");
        typed.SetResult();
        await Expect(Choice("Completion")).ToBeCheckedAsync();
        await Expect(Composer).ToHaveValueAsync("Once there");
        await Button("Continue").ClickAsync();
        await Expect(Composer).ToHaveValueAsync("Once thereYou said: Once there");
    }

    private ILocator Choice(string kind) => Page.GetByLabel(kind, new() { Exact = true });
}
