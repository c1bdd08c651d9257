using Microsoft.AspNetCore.Http;
using Quipu.Engine;
using Quipu.Engine.Grammars;
using Quipu.Engine.Sampling;
using Quipu.Engine.Scheduling;
using Quipu.Templates;

namespace Quipu.Server.Http;

/// <summary>From exceptions to refusals: the one place that knows both.</summary>
internal static class Failures
{
    /// <summary>What the sender is told; null for a fault of the server itself, of which only the log tells more.</summary>
    public static ApiException? Describe(Exception error) => error switch
    {
        ApiException refusal => refusal,
        QueueFullException full => new ApiException(429, error.Message, code: "rate_limit_exceeded")
        {
            RetryAfter = Math.Max(1, (int)Math.Ceiling(full.RetryAfter.TotalSeconds)),
        },
        ContextFullException => new ApiException(400, error.Message, "messages", "context_length_exceeded"),
        SamplingOptionsException sampling => ApiException.Invalid(sampling.Option ?? "", error.Message),
        GrammarException => new ApiException(400, error.Message, "grammar", "invalid_value"),
        TemplateException => new ApiException(
            400, "The model's chat template refuses the conversation: " + error.Message, "messages", "invalid_value"),
        BadHttpRequestException bad => Describe(bad),
        // Clients that go away are dealt with before; what is left is the end of the grace time.
        OperationCanceledException => new ApiException(503, "The server is stopping, and this answer was cut off.", code: "server_stopping"),
        TimeoutException => new ApiException(408, "The client took its answer too slowly.", code: "request_timeout"),
        _ => null,
    };

    private static ApiException Describe(BadHttpRequestException error) => error.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge =>
            new ApiException(413, "The body is larger than this server takes (--max-body-size).", code: "request_too_large"),
        StatusCodes.Status408RequestTimeout => new ApiException(408, "The request came too slowly.", code: "request_timeout"),
        int status => new ApiException(status, error.Message),
    };
}
