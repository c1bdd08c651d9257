using System.Text.Json.Serialization;

namespace Quipu.Server.Http;

/// <summary>The body of every refusal, as OpenAI writes it; <paramref name="Type"/> is there for Anthropic's clients alone.</summary>
/// <param name="Error">What was wrong.</param>
/// <param name="Type"><c>error</c>, or null.</param>
internal sealed record ErrorBody(ErrorDetail Error, string? Type = null);

/// <summary>What was wrong.</summary>
/// <param name="Message">For a person.</param>
/// <param name="Type">The kind, by the status.</param>
/// <param name="Param">The field that is to blame.</param>
/// <param name="Code">For a program.</param>
internal sealed record ErrorDetail(
    string Message,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code)
{
    /// <summary>The kind that OpenAI gives to a status.</summary>
    public static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        503 => "unavailable_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}
