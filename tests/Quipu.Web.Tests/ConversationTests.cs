using Microsoft.Playwright;

namespace Quipu.Web.Tests;

/// <summary>Talking: what everybody does on the page.</summary>
public sealed class ConversationTests(BrowserFixture browser) : PageTest(browser)
{
    [Fact]
    public async Task One_request_loads_the_page()
    {
        await KnowServerAsync();
        Assert.Equal(["", "props", "v1/models"], Addresses.Select(address => address[Server.Url.Length..]).Order());
        double ready = await Page.EvaluateAsync<double>("performance.getEntriesByName('interactive')[0].startTime");
        TestContext.Current.TestOutputHelper!.WriteLine($"The page took input {ready:F0} ms after it was asked for.");
    }

    [Fact]
    public async Task An_empty_page_invites()
    {
        await Expect(Composer).ToBeFocusedAsync();
        await Button("Give me three ideas for a rainy Sunday.").ClickAsync();
        await Expect(Answers).ToContainTextAsync("You said: Give me three ideas for a rainy Sunday.");
    }

    [Fact]
    public async Task A_message_is_answered()
    {
        await KnowServerAsync();
        await TalkAsync("Hello there");
        await Expect(Answers).ToContainTextAsync("50.0 tokens/s");
        await Expect(Page.GetByText("24 of 2,048 tokens of context")).ToBeVisibleAsync();
        await TalkAsync("And again");
        var messages = Server.Requests.Last()["messages"]!.AsArray();
        Assert.Equal(
            ["user: Hello there", "assistant: You said: Hello there", "user: And again"],
            messages.Select(message => $"{message!["role"]}: {message["content"]}"));
        Assert.Equal("scripted", (string?)Server.Requests.Last()["model"]);
        // A setting that nobody touched is the server's.
        Assert.Null(Server.Requests.Last()["temperature"]);
    }

    [Fact]
    public async Task Stop_ends_the_answer_here_and_there()
    {
        Server.Answer = _ => Enumerable.Repeat(" word", 100_000);
        Server.Delay = TimeSpan.FromMilliseconds(5);
        await Composer.FillAsync("Go on for ever");
        await Composer.PressAsync("Enter");
        await Expect(Answers).ToContainTextAsync("word word word");
        await Button("Stop").ClickAsync();
        await Expect(Answers).ToContainTextAsync("Stopped.");
        await Expect(Button("Send")).ToBeVisibleAsync();
        for (int i = 0; Server.Aborted == 0 && i < 100; i++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(1, Server.Aborted);
    }

    [Fact]
    public async Task An_edited_message_begins_a_branch()
    {
        await TalkAsync("First");
        await TalkAsync("Second");
        await Messages.First.HoverAsync();
        await Messages.First.GetByRole(AriaRole.Button, new() { Name = "Edit and send again" }).ClickAsync();
        var editor = Page.GetByLabel("Edit your message");
        await Expect(editor).ToHaveValueAsync("First");
        await editor.FillAsync("Changed");
        await editor.PressAsync("Enter");
        await Expect(Answers).ToContainTextAsync("You said: Changed");
        await Expect(Messages).ToHaveCountAsync(1);
        await Messages.First.GetByRole(AriaRole.Button, new() { Name = "Previous version" }).ClickAsync();
        await Expect(Messages).ToHaveCountAsync(2);
        await Expect(Messages.First).ToContainTextAsync("1/2");
        await Expect(Answers.Last).ToContainTextAsync("You said: Second");
    }

    [Fact]
    public async Task Another_answer_is_another_version()
    {
        int count = 0;
        Server.Answer = _ => ScriptedServer.Pieces($"Answer {++count}");
        await Composer.FillAsync("Say something");
        await Composer.PressAsync("Enter");
        await Expect(Answers).ToContainTextAsync("Answer 1");
        for (int i = 2; i <= 3; i++)
        {
            await Button("Make another answer").ClickAsync();
            await Expect(Answers).ToContainTextAsync($"Answer {i}");
            await Expect(Answers).ToContainTextAsync($"{i}/{i}");
        }
        await Button("Previous version").ClickAsync();
        await Expect(Answers).ToContainTextAsync("Answer 2");
        await Expect(Answers).ToContainTextAsync("2/3");
    }

    [Fact]
    public async Task A_reload_keeps_everything()
    {
        await TalkAsync("Remember me");
        await KeptAsync("You said: Remember me");
        await Page.ReloadAsync();
        await Expect(Messages).ToContainTextAsync("Remember me");
        await Expect(Answers).ToContainTextAsync("You said: Remember me");
        await TalkAsync("And now");
        Assert.Equal(3, Server.Requests.Last()["messages"]!.AsArray().Count);
    }

    [Fact]
    public async Task An_answer_that_a_reload_cuts_off_is_kept_and_marked()
    {
        Server.Answer = _ => Enumerable.Repeat(" word", 100_000);
        Server.Delay = TimeSpan.FromMilliseconds(5);
        await Composer.FillAsync("Go on");
        await Composer.PressAsync("Enter");
        await Expect(Answers).ToContainTextAsync("word word");
        await KeptAsync(" word word");
        await Page.ReloadAsync();
        await Expect(Answers).ToContainTextAsync("word word");
        await Expect(Answers).ToContainTextAsync("The answer broke off.");
    }

    [Fact]
    public async Task A_hostile_answer_does_nothing()
    {
        Server.Answer = _ => ScriptedServer.Pieces(
            "<img src=x onerror=\"window.hit=1\"> <script>window.hit=1</script> [x](javascript:window.hit=1) ![x](https://example.com/x.png) "
            + "<svg onload=\"window.hit=1\"></svg> <iframe src=\"https://example.com\"></iframe> finished");
        await KnowServerAsync();
        int before = Addresses.Count;
        await Composer.FillAsync("Attack");
        await Composer.PressAsync("Enter");
        await Expect(Answers).ToContainTextAsync("finished");
        await Expect(Answers).ToContainTextAsync("tokens/s");
        Assert.Null(await Page.EvaluateAsync<int?>("window.hit ?? null"));
        await Expect(Answers.Locator("img, script, iframe, a[href^=javascript]")).ToHaveCountAsync(0);
        Assert.Equal(before + 1, Addresses.Count);
    }

    [Fact]
    public async Task Markdown_code_and_formulas_are_shown()
    {
        Server.Answer = _ => ScriptedServer.Pieces("# Title\n\nA **bold** word, $x^2$.\n\n```csharp\nint x = 1;\n```\n\n| a |\n|---|\n| 1 |\n");
        await Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await Composer.FillAsync("Show");
        await Composer.PressAsync("Enter");
        await Expect(Answers.GetByRole(AriaRole.Heading, new() { Name = "Title" })).ToBeVisibleAsync();
        await Expect(Answers.Locator(".katex-html .msupsub")).ToBeVisibleAsync();
        Assert.True(await Page.EvaluateAsync<bool>("document.fonts.ready.then(() => document.fonts.check('16px KaTeX_Main'))"));
        await Expect(Answers.Locator("td")).ToHaveTextAsync("1");
        await Button("Copy csharp code").ClickAsync();
        Assert.Equal("int x = 1;", await Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task A_screen_reader_hears_the_answer_by_sentences()
    {
        await TalkAsync("One. Two");
        var log = Page.GetByRole(AriaRole.Log);
        await Expect(log).ToContainTextAsync("Answering…");
        await Expect(log).ToContainTextAsync("The answer is complete.");
        await Expect(log).ToContainTextAsync("Two");
    }
}
