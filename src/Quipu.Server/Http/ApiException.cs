namespace Quipu.Server.Http;

/// <summary>A request that is refused. The message is for its sender: what was wrong, and what to do.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">One or two sentences.</param>
/// <param name="param">The field that is to blame.</param>
/// <param name="code">OpenAI's code for programs.</param>
internal sealed class ApiException(int status, string message, string? param = null, string? code = null) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The field that is to blame, such as <c>messages[2].content</c>.</summary>
    public string? Param { get; } = param;

    /// <summary>OpenAI's code for programs.</summary>
    public string? Code { get; } = code;

    /// <summary>Seconds after which another attempt may do better; 0: not said.</summary>
    public int RetryAfter { get; init; }

    /// <summary>A field whose value is wrong.</summary>
    public static ApiException Invalid(string param, string message) => new(400, message, param, "invalid_value");

    /// <summary>A field whose value has the wrong type.</summary>
    public static ApiException WrongType(string param, string expected, string found) =>
        new(400, $"'{param}' must be {expected}, but is {found}.", param, "invalid_type");

    /// <summary>A field that is needed and missing.</summary>
    public static ApiException Missing(string param, string what) =>
        new(400, $"'{param}' is missing: {what}.", param, "missing_required_parameter");

    /// <summary>Something that this server does not do.</summary>
    public static ApiException Unsupported(string param, string message) => new(400, message, param, "unsupported_parameter");
}
