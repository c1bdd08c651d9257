using System.Text.Json.Serialization;
using Quipu.Engine;
using Quipu.Engine.Sampling;

namespace Quipu.Server.Operation;

/// <summary>The body of <c>/health</c>.</summary>
internal sealed record HealthBody(string Status);

/// <summary>The body of <c>/props</c>: what a client can know of the model and the defaults.</summary>
internal sealed record PropsBody
{
    public required DefaultSettings DefaultGenerationSettings { get; init; }
    public required int TotalSlots { get; init; }
    public required string ModelAlias { get; init; }
    public required string ModelPath { get; init; }
    public required string ModelName { get; init; }
    public required string Architecture { get; init; }
    public required int NCtxTrain { get; init; }
    public required int NVocab { get; init; }
    public required int NEmbd { get; init; }
    public required string ChatTemplate { get; init; }
    public required string BosToken { get; init; }
    public required string EosToken { get; init; }
    public required Modalities Modalities { get; init; }
    public required string BuildInfo { get; init; }
    public required bool IsBaseModel { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? SystemPrompt { get; init; }
}

/// <summary>What the model takes beside text.</summary>
internal sealed record Modalities(bool Vision, bool Audio);

/// <summary>What a request gets that does not say otherwise.</summary>
internal sealed record DefaultSettings(int NCtx, GenerationSettings Params);

/// <summary>How a text is generated, in llama.cpp's names.</summary>
internal sealed record GenerationSettings
{
    public required int NPredict { get; init; }
    public required long Seed { get; init; }
    public required float Temperature { get; init; }
    public required float DynatempRange { get; init; }
    public required float DynatempExponent { get; init; }
    public required int TopK { get; init; }
    public required float TopP { get; init; }
    public required float MinP { get; init; }
    public required float TypicalP { get; init; }
    public required float TopNSigma { get; init; }
    public required float XtcProbability { get; init; }
    public required float XtcThreshold { get; init; }
    public required int MinKeep { get; init; }
    public required int RepeatLastN { get; init; }
    public required float RepeatPenalty { get; init; }
    public required float PresencePenalty { get; init; }
    public required float FrequencyPenalty { get; init; }
    public required float DryMultiplier { get; init; }
    public required float DryBase { get; init; }
    public required int DryAllowedLength { get; init; }
    public required int DryPenaltyLastN { get; init; }
    public required IReadOnlyList<string> DrySequenceBreakers { get; init; }
    public required int Mirostat { get; init; }
    public required float MirostatTau { get; init; }
    public required float MirostatEta { get; init; }
    public required bool IgnoreEos { get; init; }
    public required IReadOnlyList<string> Stop { get; init; }
    public required IReadOnlyList<string> Samplers { get; init; }

    /// <summary>The settings of some options.</summary>
    public static GenerationSettings Of(GenerationOptions options)
    {
        var sampling = options.Sampling;
        return new GenerationSettings
        {
            NPredict = options.MaxTokens,
            Seed = sampling.Seed ?? -1L,
            Temperature = sampling.Temperature,
            DynatempRange = sampling.DynamicTemperatureRange,
            DynatempExponent = sampling.DynamicTemperatureExponent,
            TopK = sampling.TopK,
            TopP = sampling.TopP,
            MinP = sampling.MinP,
            TypicalP = sampling.TypicalP,
            TopNSigma = sampling.TopNSigma,
            XtcProbability = sampling.XtcProbability,
            XtcThreshold = sampling.XtcThreshold,
            MinKeep = sampling.MinKeep,
            RepeatLastN = sampling.PenaltyLastN,
            RepeatPenalty = sampling.RepeatPenalty,
            PresencePenalty = sampling.PresencePenalty,
            FrequencyPenalty = sampling.FrequencyPenalty,
            DryMultiplier = sampling.DryMultiplier,
            DryBase = sampling.DryBase,
            DryAllowedLength = sampling.DryAllowedLength,
            DryPenaltyLastN = sampling.DryPenaltyLastN,
            DrySequenceBreakers = sampling.DrySequenceBreakers,
            Mirostat = sampling.Mirostat,
            MirostatTau = sampling.MirostatTau,
            MirostatEta = sampling.MirostatEta,
            IgnoreEos = options.IgnoreEndOfGeneration,
            Stop = options.StopStrings,
            Samplers = SamplerKinds.Format(sampling.Samplers).Split(';', StringSplitOptions.RemoveEmptyEntries),
        };
    }
}

/// <summary>A slot in <c>/slots</c>. What is asked and answered there is nobody else's business, and not shown.</summary>
internal sealed record SlotBody(
    int Id, int NCtx, bool IsProcessing, string State, string? RequestId, int PromptTokens, int CachedTokens, int PromptDone,
    int GeneratedTokens, int Length);
