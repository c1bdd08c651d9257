using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Engine.Scheduling;
using Quipu.Server.Http;

namespace Quipu.Server.Operation;

/// <summary><c>/health</c>, <c>/props</c> and <c>/slots</c>, as llama.cpp's server has them.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class StateEndpoints(ServerCore core)
{
    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health", ["GET", "HEAD"], HealthAsync);
        routes.MapMethods("/v1/health", ["GET", "HEAD"], HealthAsync);
        routes.MapGet("/props", PropsAsync);
        routes.MapGet("/slots", SlotsAsync);
    }

    // The model is open before the server listens, so whoever gets an answer at all gets this one; while it stops, the gate says 503.
    private static Task HealthAsync(HttpContext context) =>
        Reply.JsonAsync(context, new HealthBody("ok"), ServerJson.Shared.HealthBody);

    private Task PropsAsync(HttpContext context)
    {
        var model = core.Model;
        var tokenizer = model.Tokenizer;
        var snapshot = core.Scheduler.Snapshot();
        return Reply.JsonAsync(
            context,
            new PropsBody
            {
                DefaultGenerationSettings = new DefaultSettings(core.Scheduler.ContextLength, GenerationSettings.Of(core.Options.Generation)),
                TotalSlots = snapshot.Slots.Length,
                ModelAlias = core.ModelName,
                // The file's name alone: where it lies is nobody's business.
                ModelPath = model.FileName,
                ModelName = model.Name,
                Architecture = model.Model.Shape.Architecture,
                NCtxTrain = model.TrainedContextLength,
                NVocab = tokenizer.VocabularySize,
                NEmbd = model.Model.Shape.EmbeddingLength,
                ChatTemplate = model.Template?.Source ?? "",
                BosToken = tokenizer.Bos is { } bos ? tokenizer.Piece(bos) : "",
                EosToken = tokenizer.Eos is { } eos ? tokenizer.Piece(eos) : "",
                Modalities = new Modalities(false, false),
                BuildInfo = core.Options.Version,
                SystemPrompt = core.Options.SystemPrompt,
                IsBaseModel = model.IsBaseModel,
            },
            ServerJson.Shared.PropsBody);
    }

    private Task SlotsAsync(HttpContext context)
    {
        if (!core.Options.SlotsEndpoint)
            throw new ApiException(501, "This server does not show its slots: it was started with --no-slots.", code: "not_supported");
        int contextLength = core.Scheduler.ContextLength;
        SlotBody[] slots =
        [
            .. core.Scheduler.Snapshot().Slots.Select(slot => new SlotBody(
                slot.Id, contextLength, slot.State != SlotState.Idle, Name(slot.State), slot.RequestId, slot.PromptTokens, slot.CachedTokens,
                slot.PromptDone, slot.GeneratedTokens, slot.Length)),
        ];
        return Reply.JsonAsync(context, slots, ServerJson.Shared.SlotBodyArray);
    }

    private static string Name(SlotState state) => state switch
    {
        SlotState.Idle => "idle",
        SlotState.Prompt => "prompt",
        SlotState.Generating => "generating",
        _ => "paused",
    };
}
