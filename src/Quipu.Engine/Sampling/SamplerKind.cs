namespace Quipu.Engine.Sampling;

/// <summary>A sampler that <see cref="SamplingOptions.Samplers"/> orders.</summary>
public enum SamplerKind
{
    /// <summary>Repeat, frequency and presence penalties.</summary>
    Penalties,
    /// <summary>Don't repeat yourself: penalises the continuation of a repeated sequence.</summary>
    Dry,
    /// <summary>Top-n-sigma.</summary>
    TopNSigma,
    /// <summary>Top-k.</summary>
    TopK,
    /// <summary>Locally typical.</summary>
    TypicalP,
    /// <summary>Top-p (nucleus).</summary>
    TopP,
    /// <summary>Min-p.</summary>
    MinP,
    /// <summary>Exclude top choices.</summary>
    Xtc,
    /// <summary>Temperature, fixed or dynamic.</summary>
    Temperature,
}
