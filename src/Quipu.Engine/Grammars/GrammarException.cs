namespace Quipu.Engine.Grammars;

/// <summary>A grammar or a schema that is refused, or an output that no longer fits one; the message is for the user.</summary>
public sealed class GrammarException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is wrong, where, and what to do: a sentence for the user.</param>
    public GrammarException(string message)
        : base(message)
    {
    }

    internal GrammarException(string message, int line, int column)
        : base($"line {line}, column {column} of the grammar: {message}")
    {
        Line = line;
        Column = column;
    }

    /// <summary>The line in a GBNF grammar, from 1; 0 where no line is to blame.</summary>
    public int Line { get; }

    /// <summary>The column in that line, from 1, in characters; 0 where no column is to blame.</summary>
    public int Column { get; }
}
