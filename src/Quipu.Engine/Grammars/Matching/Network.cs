namespace Quipu.Engine.Grammars.Matching;

/// <summary>What a state of a network does.</summary>
internal enum StateKind : byte
{
    /// <summary>The rule ends. There is one such state, number 0.</summary>
    End,
    /// <summary>Goes to the state A, and to the state B, without reading.</summary>
    Split,
    /// <summary>Reads a character, by the byte automaton A, and goes to the state B.</summary>
    Char,
    /// <summary>Reads what the rule A matches, at least a byte or a token, and goes to the state B.</summary>
    Call,
    /// <summary>Reads a token, by the condition A, and goes to the state B.</summary>
    Token,
}

/// <summary>One state.</summary>
internal readonly record struct NetworkState(StateKind Kind, int A, int B);

/// <summary>A token that may come, or must not.</summary>
/// <param name="Id">Its id; −1 where it is given by its text.</param>
/// <param name="Text">Its text, which must be one token.</param>
/// <param name="Negated">Whether any token but it may come.</param>
internal readonly record struct TokenCondition(int Id, string? Text, bool Negated);

/// <summary>
/// A compiled grammar: a recursive transition network. Each rule is an automaton whose arrows read a character, read a token, or call
/// another rule. Small rules that do not recur are copied to where they are called, so that few calls are left.
/// </summary>
internal sealed class Network
{
    /// <summary>The states of all rules.</summary>
    public required NetworkState[] States { get; init; }

    /// <summary>Where each rule begins; −1 for rules that are never called.</summary>
    public required int[] Starts { get; init; }

    /// <summary>A rule that may begin with another has the greater number.</summary>
    public required int[] Ranks { get; init; }

    /// <summary>The rule that the whole text matches.</summary>
    public required int Root { get; init; }

    /// <summary>Automata of the characters.</summary>
    public required ByteClasses Classes { get; init; }

    /// <summary>What tokens are named.</summary>
    public required TokenCondition[] Conditions { get; init; }

    /// <summary>Bounded repetitions.</summary>
    public required CopyRow[] Repetitions { get; init; }

    /// <summary>
    /// For each state one that reads the same texts of up to so many bytes in the same way. In a long bounded repetition all copies that
    /// are far from its bounds are the same.
    /// </summary>
    /// <param name="length">Bytes.</param>
    public int[] Representatives(int length)
    {
        int[] representatives = new int[States.Length];
        for (int i = 0; i < representatives.Length; i++)
            representatives[i] = i;
        foreach (var row in Repetitions)
        {
            for (int copy = length + 1; copy < row.Count; copy++)
                for (int offset = 0; offset < row.Size; offset++)
                    representatives[row.First + (copy * row.Size) + offset] = representatives[row.First + (length * row.Size) + offset];
        }
        return representatives;
    }
}

/// <summary>Copies of the same states one behind the other; copy 0 is the last to be read.</summary>
/// <param name="First">The first state of copy 0.</param>
/// <param name="Size">States of a copy.</param>
/// <param name="Count">Copies.</param>
internal readonly record struct CopyRow(int First, int Size, int Count);
