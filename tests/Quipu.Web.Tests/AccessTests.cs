using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Quipu.Web.Tests;

/// <summary>The page without a mouse, and held against axe's rules in both themes.</summary>
public sealed class AccessTests(BrowserFixture browser) : PageTest(browser)
{
    // Without what passes, which nobody reads: collecting it takes most of the time.
    private readonly AxeRunOptions _rules = new() { ResultTypes = [ResultType.Violations], Iframes = false };

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing(ColorScheme scheme)
    {
        // The themes differ in nothing but colours.
        if (scheme == ColorScheme.Dark)
            _rules.RunOnly = RunOnlyOptions.Rules("color-contrast");
        await Page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        await CheckAsync("empty");
        await Button("Settings").ClickAsync();
        await Page.GetByLabel("Keep the probabilities of tokens").CheckAsync();
        foreach (string group in new[] { "Choice of tokens", "Repetition", "Surprise", "Form of the answer" })
            await Page.Locator("summary", new() { HasText = group }).ClickAsync();
        await CheckAsync("settings");
        await Page.Keyboard.PressAsync("Escape");
        Server.Answer = _ => ScriptedServer.Pieces("# A\n\nSay `x`: $x^2$ [link](https://example.com)\n\n```python\nx = 1 # one\n```\n\n- [x] y\n\n| a |\n|---|\n| 1 |\n");
        await Composer.FillAsync("Hello");
        await Composer.PressAsync("Enter");
        await Expect(Answers).ToContainTextAsync("tokens/s");
        await Button("Make another answer").ClickAsync();
        await Expect(Answers).ToContainTextAsync("2/2");
        await CheckAsync("conversation");
        await Button("Probabilities of the tokens").ClickAsync();
        await Page.Locator(".token").Nth(1).FocusAsync();
        await CheckAsync("tokens");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Edit and send again" }).ClickAsync();
        await Button("Import and export").ClickAsync();
        await CheckAsync("menu and editor");
        await Page.Keyboard.PressAsync("Escape");
        await Button("Keyboard").ClickAsync();
        await CheckAsync("help");
        await Page.Keyboard.PressAsync("Escape");
        Server.Refuse = _ => new Refusal(500, new { message = "broken" });
        await Composer.FillAsync("Again");
        await Composer.PressAsync("Enter");
        await Button("Retry").WaitForAsync();
        await CheckAsync("failure");
        await Button("New conversation").First.ClickAsync();
        await Page.GetByText("Completion", new() { Exact = true }).ClickAsync();
        await CheckAsync("completion");
    }

    [Fact]
    public async Task Everything_is_reached_by_keys()
    {
        await Page.Keyboard.TypeAsync("First");
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Answers).ToContainTextAsync("tokens/s");
        await Page.Keyboard.PressAsync("Shift+Tab");
        await Page.Keyboard.PressAsync("r");
        await Expect(Answers).ToContainTextAsync("2/2");
        await Page.Keyboard.PressAsync("[");
        await Expect(Answers).ToContainTextAsync("1/2");
        await Page.Keyboard.PressAsync("/");
        await Page.Keyboard.TypeAsync("a/b [c] ? r");
        await Expect(Composer).ToHaveValueAsync("a/b [c] ? r");
        await Composer.FillAsync("");
        await Page.Keyboard.PressAsync("ArrowUp");
        await Page.Keyboard.TypeAsync(" changed");
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Answers).ToContainTextAsync("You said: First changed");
        await Expect(Answers).ToContainTextAsync("tokens/s");
        await Page.Keyboard.PressAsync("Escape");
        await Page.Locator("body").PressAsync("?");
        await Expect(Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Make another answer");
        await Page.Keyboard.PressAsync("Escape");
        await Expect(Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        // The menu of the conversation in the list, by tabs and arrows alone.
        await Page.Keyboard.PressAsync("Control+k");
        await Page.Keyboard.PressAsync("Tab");
        await Page.Keyboard.PressAsync("Tab");
        await Page.Keyboard.PressAsync("Enter");
        await Page.Keyboard.PressAsync("ArrowUp");
        await Expect(Page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete" })).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Escape");
        await Expect(Button("More for First changed")).ToBeFocusedAsync();

        // Escape stops.
        Server.Answer = _ => Enumerable.Repeat(" word", 100_000);
        Server.Delay = TimeSpan.FromMilliseconds(5);
        await Page.Locator("body").PressAsync("r");
        await Expect(Answers).ToContainTextAsync("word word");
        await Page.Keyboard.PressAsync("Escape");
        await Expect(Answers).ToContainTextAsync("Stopped.");
    }

    [Fact]
    public async Task Keys_that_come_before_the_next_frame_keep_the_focus()
    {
        await TalkAsync("First");
        // Frames come when the test says: a busy machine shows them as late.
        await Page.EvaluateAsync("() => { window.late = []; window.requestAnimationFrame = run => window.late.push(run); }");
        await Page.Keyboard.PressAsync("Control+k");
        await Page.Keyboard.PressAsync("Tab");
        await Page.Keyboard.PressAsync("Tab");
        await Page.EvaluateAsync("() => window.late.forEach(run => run(performance.now()))");
        await Expect(Button("More for First")).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Enter");
        await Page.Keyboard.PressAsync("ArrowUp");
        await Expect(Page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete" })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_text_to_complete_has_the_focus_before_the_next_key()
    {
        // No key comes before the microtask that `await` waits for.
        string? focused = await Page.GetByLabel("Completion", new() { Exact = true }).EvaluateAsync<string?>(
            "async choice => { choice.click(); await null; return document.activeElement.ariaLabel; }");
        Assert.Equal("Text", focused);
    }

    [Fact]
    public async Task The_key_for_searching_shows_a_list_that_is_hidden()
    {
        await TalkAsync("First");
        await Button("List of conversations").ClickAsync();
        await Expect(Page.Locator("#search")).ToBeHiddenAsync();
        await Page.Keyboard.PressAsync("Control+k");
        await Expect(Page.Locator("#search")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Letters_are_no_shortcuts_where_that_is_not_wanted()
    {
        await Button("Keyboard").ClickAsync();
        await Page.GetByLabel("Single keys work where nothing is typed").UncheckAsync();
        await Page.Keyboard.PressAsync("Escape");
        await Page.Locator("body").PressAsync(",");
        await Expect(Page.GetByRole(AriaRole.Complementary, new() { Name = "Settings" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Colours_follow_the_system_until_a_person_chooses()
    {
        async Task<string> GroundAsync() => await Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor");
        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        string light = await GroundAsync();
        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        string dark = await GroundAsync();
        Assert.NotEqual(light, dark);
        await Button("Colours: as the system").ClickAsync();
        Assert.Equal(light, await GroundAsync());
        await Page.ReloadAsync();
        await Button("Colours: light").ClickAsync();
        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        Assert.Equal(dark, await GroundAsync());
    }

    private async Task CheckAsync(string state)
    {
        var result = await Page.RunAxe(_rules);
        Assert.True(result.Violations.Length == 0, $"{state}: " + string.Join('\n', result.Violations.Select(Describe)));
    }

    private static string Describe(AxeResultItem item) =>
        $"{item.Id}: {item.Help}\n" + string.Join('\n', item.Nodes.Select(node => $"    {node.Html} {string.Join("; ", node.Any.Select(check => check.Message))}"));
}

/// <summary>The page on a telephone.</summary>
public sealed class MobileTests(BrowserFixture browser) : PageTest(browser)
{
    protected override BrowserNewContextOptions Options => new() { ViewportSize = new() { Width = 360, Height = 640 }, HasTouch = true, IsMobile = true };

    [Fact]
    public async Task Everything_fits()
    {
        Server.Answer = _ => ScriptedServer.Pieces("```\n" + new string('x', 300) + "\n```\n\n| a | b | c |\n|---|---|---|\n| " + new string('y', 60) + " | 2 | 3 |\n\n" + new string('z', 200));
        await Composer.FillAsync("Something wide");
        await Button("Send").TapAsync();
        await Expect(Answers).ToContainTextAsync("tokens/s");
        await AssertFitsAsync();
        await Button("List of conversations").TapAsync();
        await Expect(Page.GetByRole(AriaRole.Navigation).GetByText("Something wide")).ToBeVisibleAsync();
        await AssertFitsAsync();
        Assert.Empty((await Page.RunAxe()).Violations.Select(violation => violation.Id + ": " + violation.Nodes[0].Html));
        await Button("Close the list").TapAsync();
        await Button("Settings").TapAsync();
        await Expect(Page.GetByLabel("System prompt")).ToBeVisibleAsync();
        await AssertFitsAsync();
        await Button("Close settings").TapAsync();
        await Button("New conversation").TapAsync();
        await Expect(Page.GetByText("What is on your mind?")).ToBeVisibleAsync();
        await AssertFitsAsync();
    }

    [Fact]
    public async Task Keys_open_the_list_and_leave_it()
    {
        await Composer.FillAsync("First");
        await Button("Send").TapAsync();
        await Expect(Answers).ToContainTextAsync("tokens/s");
        await Page.Keyboard.PressAsync("Control+k");
        await Expect(Page.Locator("#search")).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Tab");
        await Page.Keyboard.PressAsync("/");
        await Expect(Composer).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Control+k");
        await Page.Keyboard.PressAsync("Escape");
        await Expect(Composer).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Control+k");
        await Page.Keyboard.PressAsync("Tab");
        await Page.Keyboard.PressAsync("n");
        await Expect(Page.GetByText("What is on your mind?")).ToBeVisibleAsync();
        await Expect(Composer).ToBeFocusedAsync();
    }

    private async Task AssertFitsAsync()
    {
        Assert.Equal(360, await Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(640, await Page.EvaluateAsync<int>("document.documentElement.scrollHeight"));
    }
}
