using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Server.Http;

namespace Quipu.Server;

/// <summary><c>/v1/models</c>: the one model that there is.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class ModelEndpoints(ServerCore core)
{
    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", context => Reply.JsonAsync(context, new ModelList("list", [Describe()]), ServerJson.Shared.ModelList));
        routes.MapGet("/v1/models/{id}", OneAsync);
    }

    private Task OneAsync(HttpContext context)
    {
        string id = (string)context.GetRouteValue("id")!;
        return id == core.ModelName
            ? Reply.JsonAsync(context, Describe(), ServerJson.Shared.ModelBody)
            : throw new ApiException(
                404, $"There is no model '{Fields.Shorten(id)}'; this server has '{core.ModelName}'.", "model", "model_not_found");
    }

    private ModelBody Describe()
    {
        var model = core.Model;
        return new ModelBody(core.ModelName, "model", core.Started, "quipu", new ModelMeta(
            model.Tokenizer.VocabularySize,
            model.TrainedContextLength,
            model.Model.Shape.EmbeddingLength,
            core.Scheduler.ContextLength,
            model.IsBaseModel));
    }
}

/// <summary>OpenAI's list of models.</summary>
internal sealed record ModelList(string Object, IReadOnlyList<ModelBody> Data);

/// <summary>A model, as OpenAI describes it; <paramref name="Meta"/> is llama.cpp's.</summary>
internal sealed record ModelBody(string Id, string Object, long Created, string OwnedBy, ModelMeta Meta);

/// <summary>Numbers of a model.</summary>
internal sealed record ModelMeta(int NVocab, int NCtxTrain, int NEmbd, int NCtx, bool IsBaseModel);
