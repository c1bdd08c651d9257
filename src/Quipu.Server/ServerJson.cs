using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quipu.Server.Chat;
using Quipu.Server.Completions;
using Quipu.Server.Embeddings;
using Quipu.Server.Http;
using Quipu.Server.Messages;
using Quipu.Server.Native;
using Quipu.Server.Operation;
using Quipu.Server.Responses;

namespace Quipu.Server;

/// <summary>How answers are written; the code for it is generated when the program is built.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(PropsBody))]
[JsonSerializable(typeof(SlotBody[]))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelBody))]
[JsonSerializable(typeof(TokenList))]
[JsonSerializable(typeof(PieceList))]
[JsonSerializable(typeof(ContentBody))]
[JsonSerializable(typeof(PromptBody))]
[JsonSerializable(typeof(NativeCompletion))]
[JsonSerializable(typeof(NativeCompletion[]))]
[JsonSerializable(typeof(CompletionBody))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ResponseBody))]
[JsonSerializable(typeof(ResponseEvent))]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(MessageEvent))]
[JsonSerializable(typeof(TokenCount))]
[JsonSerializable(typeof(EmbeddingList))]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(string))]
internal sealed partial class ServerJson : JsonSerializerContext
{
    /// <summary>
    /// The one that is used. Text is written as it is: nothing here goes into HTML, and other scripts would be six times as long as escapes.
    /// </summary>
    public static ServerJson Shared { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
