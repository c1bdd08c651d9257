using System.Text.Json;

namespace Quipu.Server.Http;

/// <summary>
/// An object of a request, read field by field. A field that is absent or null has its default; one of a wrong type or out of range is a
/// refusal that names it. Fields that nobody asks for are accepted.
/// </summary>
/// <param name="element">A JSON object.</param>
/// <param name="path">Where in the request it is, for messages; empty at its root.</param>
internal readonly struct Fields(JsonElement element, string path = "")
{
    /// <summary>The object itself.</summary>
    public JsonElement Element { get; } = element;

    /// <summary>Reads an element that must be an object.</summary>
    public static Fields Of(JsonElement element, string path) => element.ValueKind == JsonValueKind.Object
        ? new Fields(element, path)
        : throw ApiException.WrongType(path, "an object", Kind(element));

    /// <summary>The full name of a field.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : path + "." + name;

    /// <summary>The value of a field; null where it is absent or null.</summary>
    public JsonElement? Find(string name) =>
        Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A truth value.</summary>
    public bool Bool(string name, bool otherwise = false) => Find(name) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw ApiException.WrongType(PathOf(name), "true or false", Kind(value)),
    };

    /// <summary>A whole number.</summary>
    public int? Int(string name, int least = int.MinValue, int most = int.MaxValue) => (int?)Long(name, least, most);

    /// <summary>A whole number.</summary>
    public long? Long(string name, long least, long most)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Number)
            throw ApiException.WrongType(PathOf(name), "a whole number", Kind(value));
        // Some clients write whole numbers as 16.0.
        double number = value.TryGetInt64(out long integer) ? integer : value.TryGetDouble(out double real) ? real : double.NaN;
        if (number != Math.Floor(number))
            throw ApiException.WrongType(PathOf(name), "a whole number", value.GetRawText());
        if (!(number >= least && number <= most))
            throw OutOfRange(name, value.GetRawText(), least, most);
        return value.TryGetInt64(out integer) ? integer : (long)number;
    }

    /// <summary>A number.</summary>
    public float? Number(string name, double least = float.MinValue, double most = float.MaxValue)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number))
            throw ApiException.WrongType(PathOf(name), "a number", Kind(value));
        return number >= least && number <= most ? (float)number : throw OutOfRange(name, value.GetRawText(), least, most);
    }

    /// <summary>A text.</summary>
    public string? Text(string name) => Find(name) is { } value ? Text(value, PathOf(name)) : null;

    /// <summary>An element that must be a text.</summary>
    public static string Text(JsonElement value, string path) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw ApiException.WrongType(path, "a string", Kind(value));

    /// <summary>A text that is needed.</summary>
    public string RequiredText(string name, string what) => Text(name) ?? throw ApiException.Missing(PathOf(name), what);

    /// <summary>One of some words.</summary>
    public string OneOf(string name, string otherwise, params ReadOnlySpan<string> words)
    {
        if (Text(name) is not { } text)
            return otherwise;
        return words.Contains(text)
            ? text
            : throw ApiException.Invalid(PathOf(name), $"'{PathOf(name)}' is '{Shorten(text)}', but must be {string.Join(", ", words)}.");
    }

    /// <summary>An object.</summary>
    public Fields? Object(string name) => Find(name) is { } value ? Of(value, PathOf(name)) : null;

    /// <summary>The elements of an array with their paths; none where the field is absent.</summary>
    public IReadOnlyList<(JsonElement Value, string Path)> Array(string name, int most = int.MaxValue)
    {
        if (Find(name) is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Array)
            throw ApiException.WrongType(PathOf(name), "an array", Kind(value));
        string full = PathOf(name);
        return value.GetArrayLength() <= most
            ? [.. value.EnumerateArray().Select((item, i) => (item, $"{full}[{i}]"))]
            : throw ApiException.Invalid(full, $"'{full}' has {value.GetArrayLength()} elements, but may have {most} at most.");
    }

    /// <summary>What a value is, for a sentence.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number out of range or not whole",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    /// <summary>The beginning of a text from outside, for a message.</summary>
    public static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";

    private ApiException OutOfRange(string name, string found, double least, double most) => ApiException.Invalid(
        PathOf(name), $"'{PathOf(name)}' is {Shorten(found)}, but must be {Describe(least, most)}.");

    private static string Describe(double least, double most) => (least > -1e18, most < 1e18) switch
    {
        (true, true) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"from {least} to {most}"),
        (true, false) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"at least {least}"),
        (false, true) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"at most {most}"),
        _ => "a finite number",
    };
}
