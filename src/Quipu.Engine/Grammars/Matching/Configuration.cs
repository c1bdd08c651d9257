namespace Quipu.Engine.Grammars.Matching;

/// <summary>One way to read the text so far.</summary>
/// <param name="State">A state that reads: Char, Token or Call.</param>
/// <param name="Byte">Within a character the state of its byte automaton; 0 before a character.</param>
/// <param name="Stack">What comes when the rule has ended.</param>
internal readonly record struct Item(int State, ushort Byte, StackNode Stack) : IComparable<Item>
{
    /// <inheritdoc/>
    public int CompareTo(Item other)
    {
        int order = Stack.Id.CompareTo(other.Stack.Id);
        if (order == 0)
            order = State.CompareTo(other.State);
        return order != 0 ? order : Byte.CompareTo(other.Byte);
    }
}

/// <summary>All ways to read the text so far.</summary>
internal sealed class Configuration(int id, int epoch, Item[] items, bool accepts)
{
    /// <summary>Its row in the table of transitions.</summary>
    public int Id { get; } = id;

    /// <summary>The time between two clearings of the table that the id belongs to.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>The ways, sorted; calls are not entered.</summary>
    public Item[] Items { get; } = items;

    /// <summary>Whether the text may end here.</summary>
    public bool Accepts { get; } = accepts;

    /// <summary>The items that read, with the calls entered; null until they are needed.</summary>
    public Item[]? Reading { get; set; }

    /// <summary>Nothing fits any more.</summary>
    public bool IsDead => Items.Length == 0 && !Accepts;
}

/// <summary>What makes two configurations one.</summary>
internal readonly record struct ConfigurationKey(Item[] Items, bool Accepts)
{
    /// <inheritdoc/>
    public bool Equals(ConfigurationKey other) => Accepts == other.Accepts && Items.AsSpan().SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Accepts);
        foreach (var item in Items)
        {
            hash.Add(item.State);
            hash.Add(item.Stack.Id);
        }
        return hash.ToHashCode();
    }
}
