using Quipu.Tensors;

namespace Quipu.Models;

/// <summary>
/// The rows of one forward pass: (token, position, sequence) from any number of sequences. Rows are added run by run; a run is
/// consecutive positions of one sequence.
/// </summary>
public sealed class Batch
{
    private readonly List<int> _tokens = [];
    private readonly List<int> _positions = [];
    private readonly List<int> _logitRows = [];
    private readonly List<int> _hiddenRows = [];
    private readonly List<AttentionSegment> _full = [];
    private readonly List<AttentionSegment> _sliding = [];

    /// <summary>Number of rows.</summary>
    public int Rows => _tokens.Count;

    /// <summary>Token of each row.</summary>
    public ReadOnlySpan<int> Tokens => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tokens);

    /// <summary>Position of each row in its sequence.</summary>
    public ReadOnlySpan<int> Positions => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_positions);

    /// <summary>Rows whose logits are wanted, ascending.</summary>
    public ReadOnlySpan<int> LogitRows => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_logitRows);

    /// <summary>Rows whose final hidden states are wanted, ascending.</summary>
    public ReadOnlySpan<int> HiddenRows => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_hiddenRows);

    /// <summary>The runs, with the blocks of the layers of this window.</summary>
    public ReadOnlySpan<AttentionSegment> Segments(int window) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(window == 0 ? _full : _sliding);

    /// <summary>Removes all rows.</summary>
    public void Clear()
    {
        _tokens.Clear();
        _positions.Clear();
        _logitRows.Clear();
        _hiddenRows.Clear();
        _full.Clear();
        _sliding.Clear();
    }

    /// <summary>Adds a run of one sequence.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="firstPosition">Position of the first.</param>
    /// <param name="blocks">Where the sequence's K and V are, the run's own positions included.</param>
    /// <param name="logits">Which rows want logits.</param>
    public void Add(ReadOnlySpan<int> tokens, int firstPosition, SequenceBlocks blocks, LogitsWanted logits)
    {
        var run = new AttentionSegment(Rows, tokens.Length, firstPosition, blocks.Full);
        for (int i = 0; i < tokens.Length; i++)
        {
            if (logits == LogitsWanted.All || (logits == LogitsWanted.Last && i == tokens.Length - 1))
                _logitRows.Add(Rows);
            if (logits == LogitsWanted.Hidden)
                _hiddenRows.Add(Rows);
            _tokens.Add(tokens[i]);
            _positions.Add(firstPosition + i);
        }

        _full.Add(run);
        _sliding.Add(run with { Blocks = blocks.Sliding });
    }
}

/// <summary>Block tables of a sequence: entry i is the physical block of positions from i · block length on.</summary>
/// <param name="Full">For layers that see everything.</param>
/// <param name="Sliding">For layers with a window; −1 where a block was let go.</param>
public readonly record struct SequenceBlocks(ReadOnlyMemory<int> Full, ReadOnlyMemory<int> Sliding);

/// <summary>Which rows of a run want logits.</summary>
public enum LogitsWanted
{
    /// <summary>None.</summary>
    None,
    /// <summary>The last.</summary>
    Last,
    /// <summary>All.</summary>
    All,
    /// <summary>None; but the final hidden states of all rows are.</summary>
    Hidden,
}
