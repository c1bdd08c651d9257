using System.Numerics;

namespace Quipu.Cli.Tools.Bench;

/// <summary>The choice of a token at temperature 0.</summary>
internal static class MostLikely
{
    /// <summary>The first of the greatest logits.</summary>
    public static int Of(ReadOnlySpan<float> logits)
    {
        int width = Vector<float>.Count, i = 0;
        var greatest = new Vector<float>(float.NegativeInfinity);
        for (; i <= logits.Length - width; i += width)
            greatest = Vector.Max(greatest, new Vector<float>(logits[i..]));
        float maximum = float.NegativeInfinity;
        for (int lane = 0; lane < width; lane++)
            maximum = Math.Max(maximum, greatest[lane]);
        for (; i < logits.Length; i++)
            maximum = Math.Max(maximum, logits[i]);
        return Math.Max(0, logits.IndexOf(maximum));
    }
}
