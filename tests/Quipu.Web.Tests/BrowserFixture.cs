using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Quipu.Web.Tests.BrowserFixture))]

namespace Quipu.Web.Tests;

/// <summary>One Chromium for all tests; each test has a profile of its own in it.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Starts the browser, if there is one.</summary>
    public async ValueTask InitializeAsync()
    {
        if (FindChromium() is not { } path)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
    }

    /// <summary>The browser, or the test is skipped with the reason.</summary>
    public IBrowser Require()
    {
        if (_browser is null)
            Assert.Skip("No Chromium in the PATH (on Debian: apt-get install chromium).");
        return _browser!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string? FindChromium() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
