using System.Text.Json;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>What schemas without combining keywords say together about a value.</summary>
internal sealed class Shape
{
    private readonly Dictionary<string, List<SchemaPart>> _properties = new(StringComparer.Ordinal);
    private readonly List<ObjectPart> _objects = [];

    /// <summary>Where the schema stands, for messages.</summary>
    public string Path { get; init; } = "#";

    /// <summary>Types that are allowed.</summary>
    public JsonTypes Types { get; private set; } = JsonTypes.All;

    /// <summary>Types that keywords speak of where no type is named.</summary>
    public JsonTypes Implied { get; private set; }

    /// <summary>The values of enum or const; null: any.</summary>
    public List<JsonElement>? Values { get; private set; }

    /// <summary>Least number.</summary>
    public NumberBound? Minimum { get; private set; }

    /// <summary>Greatest number.</summary>
    public NumberBound? Maximum { get; private set; }

    /// <summary>Characters of a string at least.</summary>
    public int MinLength { get; private set; }

    /// <summary>Characters of a string at most.</summary>
    public int? MaxLength { get; private set; }

    /// <summary>Patterns of a string.</summary>
    public List<(string Text, string Path)> Patterns { get; } = [];

    /// <summary>Format of a string.</summary>
    public string? Format { get; private set; }

    /// <summary>Items of an array at least.</summary>
    public int MinItems { get; private set; }

    /// <summary>Items of an array at most.</summary>
    public int? MaxItems { get; private set; }

    /// <summary>The first items of an array; what each must meet.</summary>
    public List<List<SchemaPart>> Prefix { get; } = [];

    /// <summary>What the other items must meet; null: none may follow the prefix unless the least number wants it.</summary>
    public List<SchemaPart>? Items { get; private set; }

    /// <summary>Names that must be there.</summary>
    public List<string> Required { get; } = [];

    /// <summary>Named properties in the order of the schema.</summary>
    public List<string> Names { get; } = [];

    /// <summary>Whether the schema says anything about properties.</summary>
    public bool NamesProperties => _objects.Exists(item => item.HasProperties);

    /// <summary>What further properties must meet; null: there are none.</summary>
    public List<SchemaPart>? Additional { get; private set; } = [];

    /// <summary>What a named property must meet.</summary>
    public List<SchemaPart> Property(string name) => _properties[name];

    /// <summary>Whether it says more than the types.</summary>
    public bool HasDetails =>
        Minimum is not null || Maximum is not null
        || MinLength > 0 || MaxLength is not null || Patterns.Count > 0 || Format is not null
        || MinItems > 0 || MaxItems is not null || Prefix.Count > 0 || Items is not null
        || _objects.Count > 0 || Required.Count > 0;

    /// <summary>Adds what a schema says.</summary>
    /// <exception cref="GrammarException">A keyword has a wrong value or is not supported.</exception>
    public void Add(SchemaPart part)
    {
        var schema = part.Schema;
        if (schema.ValueKind == JsonValueKind.False)
            Types = JsonTypes.None;
        if (schema.ValueKind != JsonValueKind.Object)
            return;
        SchemaKeywords.Check(schema, part.Path);
        var reader = new KeywordReader(schema, part.Path);
        Types &= reader.Types();
        AddValues(reader.Values());
        AddNumbers(reader);
        AddStrings(reader);
        AddArrays(reader);
        AddObjects(reader);
    }

    /// <summary>Ends the reading: properties get what all schemas say of them.</summary>
    public void Complete()
    {
        if (Types == JsonTypes.All && Values is null && Implied != JsonTypes.None)
            Types = Implied;
        foreach (string name in _objects.SelectMany(item => item.Names).Concat(Required).Distinct().ToList())
            if (!Names.Contains(name))
                Names.Add(name);
        foreach (string name in Names)
        {
            List<SchemaPart> parts = _properties.TryGetValue(name, out var own) ? own : [];
            foreach (var item in _objects)
                if (!item.Names.Contains(name))
                    parts.AddRange(item.Others);
            _properties[name] = parts;
        }
        // Beside named properties nothing is written that was not asked for.
        bool closed = _objects.Exists(item => item.HasProperties) && !_objects.Exists(item => item.Others.Count > 0 || item.Open);
        List<SchemaPart> others = [.. _objects.SelectMany(item => item.Others)];
        Additional = closed || others.Exists(part => part.Schema.ValueKind == JsonValueKind.False) ? null : others;
    }

    private void AddValues(List<JsonElement>? values)
    {
        if (values is not null)
            Values = Values is null ? values : [.. Values.Where(value => values.Exists(other => JsonElement.DeepEquals(value, other)))];
    }

    private void AddNumbers(KeywordReader reader)
    {
        foreach (var bound in new[] { reader.Bound("minimum", false), reader.Bound("exclusiveMinimum", true) })
        {
            if (bound is not { } low)
                continue;
            Implied |= JsonTypes.Number;
            if (Minimum is not { } old || low.CompareTo(old) is > 0 or 0 && (low.CompareTo(old) > 0 || low.Exclusive))
                Minimum = low;
        }
        foreach (var bound in new[] { reader.Bound("maximum", false), reader.Bound("exclusiveMaximum", true) })
        {
            if (bound is not { } high)
                continue;
            Implied |= JsonTypes.Number;
            if (Maximum is not { } old || high.CompareTo(old) is < 0 or 0 && (high.CompareTo(old) < 0 || high.Exclusive))
                Maximum = high;
        }
    }

    private void AddStrings(KeywordReader reader)
    {
        if (reader.Has("minLength", "maxLength", "pattern"))
            Implied |= JsonTypes.String;
        MinLength = Math.Max(MinLength, reader.Count("minLength") ?? 0);
        MaxLength = Least(MaxLength, reader.Count("maxLength"));
        if (reader.Text("pattern") is { } pattern && !Patterns.Exists(item => item.Text == pattern))
            Patterns.Add((pattern, reader.PathOf("pattern")));
        if (reader.Text("format") is { } format && Formats.Content(format) is not null)
        {
            Implied |= JsonTypes.String;
            if (Format is not null && Format != format)
                throw new GrammarException($"{reader.PathOf("format")}: a string cannot be both '{Format}' and '{format}'.");
            Format = format;
        }
    }

    private void AddArrays(KeywordReader reader)
    {
        if (reader.Has("items", "prefixItems", "minItems", "maxItems"))
            Implied |= JsonTypes.Array;
        MinItems = Math.Max(MinItems, reader.Count("minItems") ?? 0);
        MaxItems = Least(MaxItems, reader.Count("maxItems"));
        var (prefix, items) = reader.Items();
        if (prefix is null && items is null)
            return;
        if (Prefix.Count > 0 && prefix is not null)
            throw new GrammarException($"{reader.PathOf("prefixItems")}: two lists of first items cannot be combined.");
        for (int i = 0; i < (prefix?.Count ?? 0); i++)
            Prefix.Add([prefix![i], .. Items ?? []]);
        if (prefix is null)
            foreach (var first in Prefix)
                first.Add(items!.Value);
        if (items is { } rest)
            Items = [.. Items ?? [], rest];
    }

    private void AddObjects(KeywordReader reader)
    {
        if (reader.Has("properties", "required", "additionalProperties"))
            Implied |= JsonTypes.Object;
        foreach (string name in reader.Names("required"))
            if (!Required.Contains(name))
                Required.Add(name);
        var properties = reader.Properties();
        var others = reader.Schema("additionalProperties");
        if (properties is null && others is null)
            return;
        foreach (var (name, part) in properties ?? [])
        {
            if (!_properties.TryGetValue(name, out var parts))
            {
                _properties.Add(name, parts = []);
                Names.Add(name);
            }
            parts.Add(part);
        }
        bool open = others is { Schema.ValueKind: JsonValueKind.True or JsonValueKind.Object };
        HashSet<string> names = [.. (properties ?? []).Select(item => item.Name)];
        _objects.Add(new ObjectPart(names, others is { } one ? [one] : [], properties is not null, open));
    }

    private static int? Least(int? one, int? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);

    /// <summary>What one schema says about the members of an object.</summary>
    /// <param name="Names">Properties that it names.</param>
    /// <param name="Others">What others must meet; empty: anything.</param>
    /// <param name="HasProperties">Whether it has the keyword <c>properties</c>.</param>
    /// <param name="Open">Whether it asks for others.</param>
    private sealed record ObjectPart(HashSet<string> Names, List<SchemaPart> Others, bool HasProperties, bool Open);
}
