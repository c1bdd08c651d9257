using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Quipu.Web.Tests;

/// <summary>The list of conversations: find, rename, delete, take away and bring back.</summary>
public sealed class LibraryTests(BrowserFixture browser) : PageTest(browser)
{
    private ILocator Items => Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Listitem);

    [Fact]
    public async Task Search_finds_words_of_messages()
    {
        await TalkAsync("About llamas");
        await Button("New conversation").First.ClickAsync();
        await TalkAsync("About alpacas");
        await Expect(Items).ToHaveCountAsync(2);
        await Page.Keyboard.PressAsync("Control+k");
        await Page.Keyboard.TypeAsync("llamas said");
        await Expect(Items).ToHaveCountAsync(1);
        await Items.GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(Messages).ToContainTextAsync("About llamas");
        await Page.Locator("#search").FillAsync("vicuñas");
        await Expect(Page.GetByText("No conversation has these words.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_conversation_is_renamed()
    {
        await TalkAsync("Hello");
        await ChooseAsync("More for Hello", "Rename");
        await Page.GetByLabel("Title").FillAsync("Greetings");
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Name = "Greetings" })).ToBeVisibleAsync();
        await TalkAsync("More");
        await Expect(Items).ToContainTextAsync("Greetings");
    }

    [Fact]
    public async Task Deleting_can_be_undone()
    {
        await TalkAsync("Precious");
        await ChooseAsync("More for Precious", "Delete");
        await Expect(Items).ToHaveCountAsync(0);
        await Expect(Messages).ToHaveCountAsync(0);
        await Button("Undo").ClickAsync();
        await Expect(Messages).ToContainTextAsync("Precious");
        await KeptAsync("Precious");
        await Page.ReloadAsync();
        await Expect(Messages).ToContainTextAsync("Precious");
    }

    [Fact]
    public async Task Exported_conversations_can_be_imported()
    {
        await TalkAsync("Take me along");
        var download = await Page.RunAndWaitForDownloadAsync(() => ChooseAsync("Import and export", "Export all"));
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            await download.SaveAsAsync(file);
            var json = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
            Assert.Equal("Take me along", (string?)json["conversations"]![0]!["nodes"]![0]!["text"]);

            await ImportAsync(file);
            await Expect(Page.GetByText("0 conversations imported; 1 was here already.")).ToBeVisibleAsync();
            await ChooseAsync("More for Take me along", "Delete");
            await ImportAsync(file);
            await Expect(Page.GetByText("1 conversation imported.")).ToBeVisibleAsync();
            await Items.GetByRole(AriaRole.Button).First.ClickAsync();
            await Expect(Answers).ToContainTextAsync("You said: Take me along");

            await File.WriteAllTextAsync(file, "{\"format\":\"another\"}", TestContext.Current.CancellationToken);
            await ImportAsync(file);
            await Expect(Page.GetByText("This file holds no conversations exported from this page.")).ToBeVisibleAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_second_tab_shows_what_the_first_one_keeps()
    {
        var second = await Page.Context.NewPageAsync();
        await second.GotoAsync(Server.Url);
        // From here on it listens.
        await second.Locator("#composer").WaitForAsync();
        await TalkAsync("From the first tab");
        await Expect(second.GetByRole(AriaRole.Navigation).GetByText("From the first tab")).ToBeVisibleAsync();
    }

    private async Task ImportAsync(string file)
    {
        var chooser = await Page.RunAndWaitForFileChooserAsync(() => ChooseAsync("Import and export", "Import…"));
        await chooser.SetFilesAsync(file);
    }

    private async Task ChooseAsync(string menu, string item)
    {
        await Button(menu).ClickAsync();
        await Page.GetByRole(AriaRole.Menuitem, new() { Name = item }).ClickAsync();
    }
}
