namespace Quipu.Engine.Grammars.Matching;

/// <summary>Where a rule goes on when it has ended: a state, and what is below it on the stack.</summary>
internal readonly record struct Continuation(int State, StackNode? Parent);

/// <summary>
/// The stack below a rule. One node stands for all stacks that the rule may return to, so that an ambiguous text needs no more nodes
/// than a plain one. Nodes with the same content are the same object.
/// </summary>
internal sealed class StackNode(int id, Continuation[] continuations)
{
    /// <summary>The state of the one continuation of <see cref="Bottom"/>.</summary>
    public const int Accept = -1;

    /// <summary>Below it is nothing: where it ends, the text may end.</summary>
    public static StackNode Bottom { get; } = new(0, [new Continuation(Accept, null)]);

    /// <summary>A number of its own.</summary>
    public int Id { get; } = id;

    /// <summary>Where to go on, in a fixed order.</summary>
    public Continuation[] Continuations { get; } = continuations;
}

/// <summary>Compares continuations by what they are.</summary>
internal sealed class ContinuationsComparer : IEqualityComparer<Continuation[]>
{
    /// <inheritdoc/>
    public bool Equals(Continuation[]? x, Continuation[]? y) => x.AsSpan().SequenceEqual(y);

    /// <inheritdoc/>
    public int GetHashCode(Continuation[] obj)
    {
        var hash = new HashCode();
        foreach (var continuation in obj)
        {
            hash.Add(continuation.State);
            hash.Add(continuation.Parent?.Id ?? -1);
        }
        return hash.ToHashCode();
    }
}
