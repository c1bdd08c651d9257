namespace Quipu.Tensors.Formats;

/// <summary>
/// The searches by which the encoders of the K formats choose the scale (and minimum) of one sub-block. Each tries rounding with
/// several scales, solves the weighted least squares for what was rounded, and keeps the best. The order of the floating-point
/// operations is part of the format's convention: files are compared byte by byte.
/// </summary>
internal static class QuantSearch
{
    /// <summary>Sub-blocks with no magnitude above this count as zero.</summary>
    internal const float NegligibleMagnitude = 1e-15f;

    /// <summary>How <see cref="ScaleAndMinimum"/> searches.</summary>
    /// <param name="MaximumQuant">Quants are 0 to this.</param>
    /// <param name="FirstStep">Added to <paramref name="MaximumQuant"/> in the first inverse scale that is tried.</param>
    /// <param name="Steps">Number of steps of 0.1 after the first.</param>
    /// <param name="AbsoluteError">Minimize the weighted absolute error, not the squared one.</param>
    internal readonly record struct Settings(int MaximumQuant, float FirstStep, int Steps, bool AbsoluteError);

    private const float Step = 0.1f;

    /// <summary>Rounds to the nearest integer, ties to even.</summary>
    internal static int Nearest(float value) => (int)MathF.Round(value);

    /// <summary>
    /// Finds scale, minimum and quants so that scale·q − minimum is near the values; the minimum is not negative.
    /// </summary>
    internal static (float Scale, float Minimum) ScaleAndMinimum(
        ReadOnlySpan<float> values, ReadOnlySpan<float> weights, Settings settings, Span<byte> quants)
    {
        float minimum = values[0], maximum = values[0];
        float sumWeights = weights[0], sumValues = weights[0] * values[0];
        for (int i = 1; i < values.Length; i++)
        {
            minimum = values[i] < minimum ? values[i] : minimum;
            maximum = values[i] > maximum ? values[i] : maximum;
            sumWeights += weights[i];
            sumValues += weights[i] * values[i];
        }
        minimum = minimum > 0 ? 0 : minimum;
        if (maximum == minimum)
        {
            quants[..values.Length].Clear();
            return (0, -minimum);
        }

        float inverse = settings.MaximumQuant / (maximum - minimum);
        float scale = 1 / inverse;
        Round(values, minimum, inverse, settings.MaximumQuant, quants);
        float bestError = Error(values, weights, quants, scale, minimum, settings.AbsoluteError);
        Span<byte> trial = stackalloc byte[values.Length];
        for (int step = 0; step <= settings.Steps; step++)
        {
            // The minimum is that of the best solution so far: each improvement also moves the next trials.
            inverse = (settings.FirstStep + Step * step + settings.MaximumQuant) / (maximum - minimum);
            Round(values, minimum, inverse, settings.MaximumQuant, trial);
            if (!TrySolve(values, weights, trial, sumWeights, sumValues, out float candidateScale, out float candidateMinimum))
                continue;
            float error = Error(values, weights, trial, candidateScale, candidateMinimum, settings.AbsoluteError);
            if (error < bestError)
            {
                (bestError, scale, minimum) = (error, candidateScale, candidateMinimum);
                trial.CopyTo(quants);
            }
        }
        return (scale, -minimum);
    }

    private static void Round(ReadOnlySpan<float> values, float lowest, float inverse, int maximumQuant, Span<byte> quants)
    {
        for (int i = 0; i < values.Length; i++)
            quants[i] = (byte)Math.Clamp(Nearest(inverse * (values[i] - lowest)), 0, maximumQuant);
    }

    private static float Error(
        ReadOnlySpan<float> values, ReadOnlySpan<float> weights, ReadOnlySpan<byte> quants, float scale, float minimum, bool absolute)
    {
        float error = 0;
        for (int i = 0; i < values.Length; i++)
        {
            float difference = scale * quants[i] + minimum - values[i];
            error += weights[i] * (absolute ? MathF.Abs(difference) : difference * difference);
        }
        return error;
    }

    /// <summary>Weighted least squares of scale and minimum for given quants; the minimum may not be positive.</summary>
    private static bool TrySolve(
        ReadOnlySpan<float> values, ReadOnlySpan<float> weights, ReadOnlySpan<byte> quants, float sumWeights, float sumValues,
        out float scale, out float minimum)
    {
        float sumQuants = 0, sumSquares = 0, sumProducts = 0;
        for (int i = 0; i < values.Length; i++)
        {
            float weight = weights[i];
            int quant = quants[i];
            sumQuants += weight * quant;
            sumSquares += weight * quant * quant;
            sumProducts += weight * quant * values[i];
        }
        (scale, minimum) = (0, 0);
        float determinant = sumWeights * sumSquares - sumQuants * sumQuants;
        if (!(determinant > 0))
            return false;
        scale = (sumWeights * sumProducts - sumValues * sumQuants) / determinant;
        minimum = (sumSquares * sumValues - sumQuants * sumProducts) / determinant;
        if (minimum > 0)
            (scale, minimum) = (sumProducts / sumSquares, 0);
        return true;
    }

    /// <summary>
    /// Finds scale and quants, −<paramref name="bound"/> to <paramref name="bound"/> − 1 and stored with the bound added, weighing
    /// each element by its square, by rounding with several scales.
    /// </summary>
    internal static float SymmetricScale(ReadOnlySpan<float> values, int bound, Span<byte> quants)
    {
        quants[..values.Length].Clear();
        float extreme = Extreme(values);
        if (MathF.Abs(extreme) < NegligibleMagnitude)
            return 0;
        Span<sbyte> trial = stackalloc sbyte[values.Length];
        var (products, squares) = RoundSymmetric(values, -bound / extreme, bound, trial);
        Store(trial, bound, quants);
        float scale = squares != 0 ? products / squares : 0;
        float best = scale * products;
        for (int step = -9; step <= 9; step++)
        {
            if (step == 0)
                continue;
            (products, squares) = RoundSymmetric(values, -(bound + Step * step) / extreme, bound, trial);
            if (squares > 0 && products * products > best * squares)
            {
                scale = products / squares;
                best = scale * products;
                Store(trial, bound, quants);
            }
        }
        return scale;
    }

    /// <summary>As <see cref="SymmetricScale"/>, but by moving one quant at a time while that helps.</summary>
    internal static float RefinedSymmetricScale(ReadOnlySpan<float> values, int bound, Span<byte> quants)
    {
        quants[..values.Length].Clear();
        float extreme = Extreme(values);
        if (MathF.Abs(extreme) < NegligibleMagnitude)
            return 0;
        Span<sbyte> trial = stackalloc sbyte[values.Length];
        var (products, squares) = RoundSymmetric(values, -bound / extreme, bound, trial);
        const int passes = 5;
        bool changed = true;
        for (int pass = 0; pass < passes && changed; pass++)
            changed = RefineOnce(values, trial, bound, ref products, ref squares);
        Store(trial, bound, quants);
        return squares > 0 ? products / squares : 0;
    }

    private static void Store(ReadOnlySpan<sbyte> signed, int bound, Span<byte> quants)
    {
        for (int i = 0; i < signed.Length; i++)
            quants[i] = (byte)(signed[i] + bound);
    }

    private static (float Products, float Squares) RoundSymmetric(
        ReadOnlySpan<float> values, float inverse, int bound, Span<sbyte> quants)
    {
        float products = 0, squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            int quant = Math.Clamp(Nearest(inverse * value), -bound, bound - 1);
            quants[i] = (sbyte)quant;
            float weight = value * value;
            products += weight * value * quant;
            squares += weight * quant * quant;
        }
        return (products, squares);
    }

    private static bool RefineOnce(ReadOnlySpan<float> values, Span<sbyte> quants, int bound, ref float products, ref float squares)
    {
        bool changed = false;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i], weight = value * value;
            float otherProducts = products - weight * value * quants[i];
            if (!(otherProducts > 0))
                continue;
            float otherSquares = squares - weight * quants[i] * quants[i];
            int quant = Math.Clamp(Nearest(value * otherSquares / otherProducts), -bound, bound - 1);
            if (quant == quants[i])
                continue;
            otherProducts += weight * value * quant;
            otherSquares += weight * quant * quant;
            if (otherSquares > 0 && otherProducts * otherProducts * squares > products * products * otherSquares)
            {
                (products, squares) = (otherProducts, otherSquares);
                quants[i] = (sbyte)quant;
                changed = true;
            }
        }
        return changed;
    }

    /// <summary>
    /// Rounds the elements of a sub-block to quants 0 to <paramref name="maximumQuant"/> of the stored scale and minimum. A stored
    /// scale of zero leaves the quants of the search.
    /// </summary>
    internal static void Requantize(ReadOnlySpan<float> values, float scale, float minimum, int maximumQuant, Span<byte> quants)
    {
        if (scale == 0)
            return;
        for (int i = 0; i < values.Length; i++)
            quants[i] = (byte)Math.Clamp(Nearest((values[i] + minimum) / scale), 0, maximumQuant);
    }

    /// <summary>Likewise for quants −<paramref name="bound"/> to <paramref name="bound"/> − 1, stored with the bound added.</summary>
    internal static void RequantizeSymmetric(ReadOnlySpan<float> values, float scale, int bound, Span<byte> quants)
    {
        if (scale == 0)
            return;
        for (int i = 0; i < values.Length; i++)
            quants[i] = (byte)(Math.Clamp(Nearest(values[i] / scale), -bound, bound - 1) + bound);
    }

    /// <summary>The value of greatest magnitude, with its sign; the first of equals; 0 where there is none.</summary>
    internal static float Extreme(ReadOnlySpan<float> values)
    {
        float extreme = 0;
        foreach (float value in values)
            extreme = MathF.Abs(value) > MathF.Abs(extreme) ? value : extreme;
        return extreme;
    }
}
