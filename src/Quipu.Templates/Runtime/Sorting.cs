namespace Quipu.Templates.Runtime;

/// <summary>A stable sort that asks only whether a key comes before another, and lets the errors of that question through.</summary>
internal static class Sorting
{
    /// <summary>The items in the order of their keys; with <paramref name="reverse"/> from the last, equal ones as they came.</summary>
    public static T[] Sort<T>(IReadOnlyList<T> items, Func<T, TemplateValue> keyOf, bool reverse, Budget budget)
    {
        budget.Elements(items.Count);
        var sorted = new (TemplateValue Key, T Item)[items.Count];
        for (int i = 0; i < sorted.Length; i++)
            sorted[i] = (keyOf(items[i]), items[i]);
        var buffer = new (TemplateValue, T)[sorted.Length];
        for (int width = 1; width < sorted.Length; width *= 2)
        {
            for (int start = 0; start < sorted.Length; start += 2 * width)
            {
                int middle = Math.Min(start + width, sorted.Length);
                Merge(sorted, buffer, start, middle, Math.Min(middle + width, sorted.Length), reverse, budget);
            }
            (sorted, buffer) = (buffer, sorted);
        }
        return Array.ConvertAll(sorted, pair => pair.Item);
    }

    private static void Merge<T>(
        (TemplateValue Key, T Item)[] from, (TemplateValue Key, T Item)[] to, int start, int middle, int end, bool reverse, Budget budget)
    {
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++)
        {
            bool takeRight = left == middle || (right < end && (reverse
                ? Ordering.IsLess(from[left].Key, from[right].Key, budget)
                : Ordering.IsLess(from[right].Key, from[left].Key, budget)));
            to[i] = takeRight ? from[right++] : from[left++];
        }
    }
}
