using System.Text.Json;

namespace Quipu.Templates.Tests;

/// <summary>Runs cases of the golden data: what the reference rendered, or how it failed.</summary>
internal static class Golden
{
    /// <summary>The moment at which all golden data was rendered.</summary>
    public static readonly DateTime Now = new(2026, 1, 15, 12, 34, 56);

    public static JsonElement Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }

    /// <summary>What is wrong with the outcome of a case, or null.</summary>
    public static string? Check(JsonElement expectation, Func<string> render)
    {
        try
        {
            string text = render();
            if (!expectation.TryGetProperty("expected", out JsonElement expected))
                return $"error '{expectation.GetProperty("error")}' expected, but got {JsonSerializer.Serialize(text)}";
            return text == expected.GetString() ? null : $"expected {expected.GetRawText()}, but got {JsonSerializer.Serialize(text)}";
        }
        catch (TemplateException error)
        {
            return CheckError(expectation, error);
        }
    }

    private static string? CheckError(JsonElement expectation, TemplateException error)
    {
        if (!expectation.TryGetProperty("error", out JsonElement reason))
            return $"expected {expectation.GetProperty("expected").GetRawText()}, but got error: {error.Message}";
        bool raised = !expectation.TryGetProperty("error_kind", out _);
        if (raised != error.Raised)
            return $"error '{reason}' expected, but got '{error.Message}', raised: {error.Raised}";
        if (raised && (error.Message != reason.GetString() || error.Reason != error.Message))
            return $"raised message '{reason}' expected, but got '{error.Message}'";
        if (error.Line < 1 || error.Column < 1)
            return $"the error has no place: {error.Message}";
        bool lineCounts = expectation.TryGetProperty("line", out JsonElement line)
            && !reason.GetString()!.StartsWith("Unexpected end of template", StringComparison.Ordinal);
        return lineCounts && line.GetInt32() != error.Line ? $"line {line} expected, but got {error.Line}: {error.Message}" : null;
    }
}
