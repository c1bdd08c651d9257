using Microsoft.Playwright;

namespace Quipu.Web.Tests;

/// <summary>Settings, probabilities and files: what goes into a request beside the message.</summary>
public sealed class SettingsTests(BrowserFixture browser) : PageTest(browser)
{
    [Fact]
    public async Task Settings_go_into_the_request_and_stay()
    {
        await Button("Settings").ClickAsync();
        await Expect(Field("Temperature")).ToHaveAttributeAsync("placeholder", "0.8");
        await Page.GetByLabel("System prompt").FillAsync("Be brief.");
        await FillAsync("Temperature", "9");
        await Expect(Field("Temperature")).ToHaveValueAsync("2");
        await FillAsync("Seed", "42");
        await Page.GetByText("Repetition").ClickAsync();
        await FillAsync("DRY multiplier", "0.8");
        await Page.GetByText("Form of the answer").ClickAsync();
        await Page.GetByLabel("Stop texts").FillAsync("END\nSTOP");
        await Page.GetByLabel("JSON schema").FillAsync("{\"type\": \"object\"}");
        await TalkAsync("Hello");
        var request = Server.Requests.Last();
        Assert.Equal("Be brief.", (string?)request["messages"]![0]!["content"]);
        Assert.Equal(2, (double?)request["temperature"]);
        Assert.Equal(42, (int?)request["seed"]);
        Assert.Equal(0.8, (double?)request["dry_multiplier"]);
        Assert.Equal(["END", "STOP"], request["stop"]!.AsArray().Select(stop => (string?)stop));
        Assert.Equal("object", (string?)request["response_format"]!["json_schema"]!["schema"]!["type"]);

        await KeptAsync("You said: Hello");
        await Page.ReloadAsync();
        await Button("Settings").ClickAsync();
        await Expect(Field("Temperature")).ToHaveValueAsync("2");
        await Expect(Page.GetByLabel("System prompt")).ToHaveValueAsync("Be brief.");
    }

    [Fact]
    public async Task Settings_can_become_the_default_and_be_reset()
    {
        await Button("Settings").ClickAsync();
        await FillAsync("Temperature", "0.3");
        await Button("Make default").ClickAsync();
        await TalkAsync("One");
        await Button("Reset").ClickAsync();
        await TalkAsync("Two");
        Assert.Null(Server.Requests.Last()["temperature"]);
        await Button("New conversation").First.ClickAsync();
        await TalkAsync("Three");
        Assert.Equal(0.3, (double?)Server.Requests.Last()["temperature"]);
    }

    [Fact]
    public async Task A_schema_that_is_none_is_not_sent()
    {
        await Button("Settings").ClickAsync();
        await Page.GetByText("Form of the answer").ClickAsync();
        await Page.GetByLabel("JSON schema").FillAsync("{nonsense");
        await Composer.FillAsync("Hello");
        await Composer.PressAsync("Enter");
        await Expect(Page.Locator(".failure")).ToContainTextAsync("The JSON schema in the settings cannot be used.");
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task Probabilities_are_shown_under_the_pointer_and_by_arrow_keys()
    {
        await Button("Settings").ClickAsync();
        await Page.GetByLabel("Keep the probabilities of tokens").CheckAsync();
        await TalkAsync("Hello");
        Assert.True((bool?)Server.Requests.Last()["logprobs"]);
        await Button("Probabilities of the tokens").ClickAsync();
        var tip = Page.Locator(".token-tip");
        await Page.Locator(".token").Nth(1).HoverAsync();
        await Expect(tip).ToContainTextAsync("·said");
        await Expect(tip).ToContainTextAsync("60.7 %");
        await Expect(tip).ToContainTextAsync("·else");
        await Page.Locator(".token").Nth(1).FocusAsync();
        await Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(tip).ToContainTextAsync("You");
    }

    [Fact]
    public async Task Files_are_attached_by_button_drop_and_paste()
    {
        var chooser = await Page.RunAndWaitForFileChooserAsync(() => Button("Attach text files").ClickAsync());
        await chooser.SetFilesAsync(
        [
            new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = "some notes"u8.ToArray() },
            new FilePayload { Name = "data.bin", MimeType = "application/octet-stream", Buffer = [1, 0, 2] },
        ]);
        await Expect(Page.GetByText("data.bin is not a text file.")).ToBeVisibleAsync();
        foreach (string way in new[] { "drop", "paste" })
        {
            await Page.EvaluateAsync(
                """
                way => {
                  const data = new DataTransfer();
                  data.items.add(new File([`by ${way}`], `${way}.md`));
                  const options = { bubbles: true, cancelable: true };
                  const event = way === 'drop' ? new DragEvent('drop', { ...options, dataTransfer: data }) : new ClipboardEvent('paste', { ...options, clipboardData: data });
                  document.querySelector('#composer').dispatchEvent(event);
                }
                """,
                way);
            await Expect(Page.Locator(".composer .attachments")).ToContainTextAsync($"{way}.md");
        }
        await Button("Remove drop.md").ClickAsync();
        await Composer.FillAsync("What is this?");
        await Composer.PressAsync("Enter");
        await Expect(Messages).ToContainTextAsync("notes.txt");
        await Expect(Answers).ToContainTextAsync("tokens/s");
        Assert.Equal(
            "File notes.txt:\n```\nsome notes\n```\n\nFile paste.md:\n```\nby paste\n```\n\nWhat is this?",
            (string?)Server.Requests.Last()["messages"]![0]!["content"]);
    }

    [Fact]
    public async Task A_long_message_is_counted_by_the_server()
    {
        await Composer.FillAsync(string.Concat(Enumerable.Repeat("word ", 1200)));
        await Expect(Page.Locator(".token-count")).ToHaveTextAsync("1,201 tokens");
    }

    private ILocator Field(string label) => Page.GetByRole(AriaRole.Spinbutton, new() { Name = label, Exact = true });

    private async Task FillAsync(string label, string value)
    {
        await Field(label).FillAsync(value);
        await Field(label).PressAsync("Tab");
    }
}
