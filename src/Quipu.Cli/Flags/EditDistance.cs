namespace Quipu.Cli.Flags;

/// <summary>How far two names are apart: insertions, deletions, replacements and swaps of neighbours.</summary>
internal static class EditDistance
{
    private const int LongestName = 64;

    /// <summary>The distance; texts that no flag is as long as are infinitely far.</summary>
    public static int Of(string left, string right)
    {
        if (left.Length > LongestName || right.Length > LongestName)
            return int.MaxValue;
        int[,] distances = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
            distances[i, 0] = i;
        for (int j = 0; j <= right.Length; j++)
            distances[0, j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = distances[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                int best = Math.Min(replaced, Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    best = Math.Min(best, distances[i - 2, j - 2] + 1);
                distances[i, j] = best;
            }
        }
        return distances[left.Length, right.Length];
    }
}
