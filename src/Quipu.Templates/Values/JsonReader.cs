using System.Runtime.CompilerServices;
using System.Text.Json;
using Quipu.Templates.Text;

namespace Quipu.Templates.Values;

/// <summary>Turns JSON into values.</summary>
internal static class JsonReader
{
    public static TemplateValue Read(JsonElement json)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateException("the JSON is nested too deeply", TemplateErrorKind.Limit);
        return json.ValueKind switch
        {
            JsonValueKind.String => new StringValue(ReadString(json)),
            JsonValueKind.Number => ReadNumber(json.GetRawText()),
            JsonValueKind.True => BoolValue.True,
            JsonValueKind.False => BoolValue.False,
            JsonValueKind.Array => new ListValue([.. json.EnumerateArray().Select(Read)]),
            JsonValueKind.Object => ReadObject(json),
            _ => NoneValue.Instance,
        };
    }

    private static DictValue ReadObject(JsonElement json)
    {
        var dict = new DictValue();
        foreach (JsonProperty property in json.EnumerateObject())
            dict[new StringValue(ReadName(property))] = Read(property.Value);
        return dict;
    }

    private static TemplateValue ReadNumber(string text)
    {
        if (text.AsSpan().ContainsAny('.', 'e', 'E'))
            return new FloatValue(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
        bool negative = text[0] == '-';
        if (!IntegerText.TryParse(text.AsSpan(negative ? 1 : 0), 10, out BigInteger magnitude))
            throw new TemplateException(
                $"the JSON has an integer of {text.Length} digits; {IntegerText.MaxDigits} are the most", TemplateErrorKind.Limit);
        return IntValue.Of(negative ? -magnitude : magnitude);
    }

    private static string ReadString(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw HalfPair(error);
        }
    }

    private static string ReadName(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException error)
        {
            throw HalfPair(error);
        }
    }

    private static TemplateException HalfPair(InvalidOperationException error) =>
        new($"the JSON has a string with half a surrogate pair: {error.Message}");
}
