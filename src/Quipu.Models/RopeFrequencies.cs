namespace Quipu.Models;

/// <summary>
/// How fast each pair of a head turns with the position, and by how much scaled models stretch it.
/// Plain: base^(−2j/n). Linear scaling divides by the factor. YaRN (Peng et al. 2023, arXiv:2309.00071) blends both: pairs that turn
/// often within the original context keep their speed, slow ones are stretched.
/// </summary>
/// <param name="Angles">Radians per position of each pair, [n/2].</param>
/// <param name="Magnitude">Factor of cos and sin; 1 but for YaRN.</param>
internal sealed record RopeFrequencies(float[] Angles, float Magnitude)
{
    // YaRN's defaults in llama.cpp: pairs with more than 32 turns are kept, those with less than one are stretched.
    private const double YarnFastTurns = 32;
    private const double YarnSlowTurns = 1;

    public static RopeFrequencies Plain(int dimensions, double frequencyBase, double factor = 1, float[]? pairFactors = null)
    {
        float[] angles = new float[dimensions / 2];
        for (int j = 0; j < angles.Length; j++)
            angles[j] = (float)(Math.Pow(frequencyBase, -2.0 * j / dimensions) / factor / (pairFactors?[j] ?? 1f));
        return new RopeFrequencies(angles, 1f);
    }

    /// <summary>Reads <c>rope.scaling.*</c> of the model and applies it.</summary>
    public static RopeFrequencies FromMetadata(ModelReader reader, int dimensions, float frequencyBase, float[]? pairFactors)
    {
        string type = reader.Metadata.GetStringOrNull(reader.Key("rope.scaling.type")) ?? "linear";
        float factor = reader.Positive("rope.scaling.factor", reader.Positive("rope.scale_linear", 1f));
        return type switch
        {
            "none" => Plain(dimensions, frequencyBase, 1, pairFactors),
            "linear" => Plain(dimensions, frequencyBase, factor, pairFactors),
            "yarn" => Yarn(reader, dimensions, frequencyBase, factor, pairFactors),
            _ => throw new ModelException(
                $"Metadata '{reader.Key("rope.scaling.type")}' is '{type}', which is not supported. Supported are: none, linear, yarn."),
        };
    }

    private static RopeFrequencies Yarn(ModelReader reader, int dimensions, double frequencyBase, double factor, float[]? pairFactors)
    {
        double original = reader.Count("rope.scaling.original_context_length", int.MaxValue, reader.Count("context_length", int.MaxValue));
        double attention = reader.Positive("rope.scaling.attn_factor", 1f);
        double low = Math.Max(0, Math.Floor(PairOfTurns(YarnFastTurns)));
        double high = Math.Min(dimensions - 1, Math.Ceiling(PairOfTurns(YarnSlowTurns)));
        float[] angles = new float[dimensions / 2];
        for (int j = 0; j < angles.Length; j++)
        {
            double kept = Math.Pow(frequencyBase, -2.0 * j / dimensions) / (pairFactors?[j] ?? 1f);
            double keep = 1 - Math.Clamp((j - low) / Math.Max(0.001, high - low), 0, 1);
            angles[j] = (float)(kept / factor * (1 - keep) + kept * keep);
        }

        double stretch = factor > 1 ? 0.1 * Math.Log(factor) : 0;
        return new RopeFrequencies(angles, (float)(attention * (1 + stretch)));

        double PairOfTurns(double turns) => dimensions * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(frequencyBase));
    }
}
