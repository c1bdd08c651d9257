using Quipu.Templates.Runtime;

namespace Quipu.Templates.BuiltIns;

/// <summary>Finds filters by their names.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, NativeFunction>[] Tables =
        [TextFilters.Table, SequenceFilters.Table, SelectionFilters.Table, ValueFilters.Table, MarkupFilters.Table];

    public static bool Exists(string name) => Find(name) is not null;

    public static NativeFunction? Find(string name)
    {
        foreach (Dictionary<string, NativeFunction> table in Tables)
            if (table.TryGetValue(name, out NativeFunction? filter))
                return filter;
        return null;
    }
}
