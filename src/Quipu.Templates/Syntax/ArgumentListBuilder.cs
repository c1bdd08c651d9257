namespace Quipu.Templates.Syntax;

/// <summary>Collects the arguments of a call and refuses them in a wrong order. Each method says what is wrong, or null.</summary>
internal sealed class ArgumentListBuilder
{
    private readonly List<Expression> _positional = [];
    private readonly List<(string Name, Expression Value)> _named = [];
    private readonly HashSet<string> _names = [];
    private Expression? _spread;
    private Expression? _namedSpread;

    public string? Add(Expression value)
    {
        if (_spread is not null || _namedSpread is not null || _named.Count > 0)
            return "invalid syntax for function call expression: positional arguments come before named and spread ones";
        _positional.Add(value);
        return null;
    }

    public string? AddNamed(string name, Expression value)
    {
        if (_namedSpread is not null)
            return "invalid syntax for function call expression: nothing may follow **";
        if (!_names.Add(name))
            return $"keyword argument repeated: {name}";
        _named.Add((name, value));
        return null;
    }

    public string? AddSpread(Expression value)
    {
        if (_spread is not null || _namedSpread is not null)
            return "invalid syntax for function call expression: * may stand once, before **";
        _spread = value;
        return null;
    }

    public string? AddNamedSpread(Expression value)
    {
        if (_namedSpread is not null)
            return "invalid syntax for function call expression: ** may stand once";
        _namedSpread = value;
        return null;
    }

    public ArgumentList Build() => _positional.Count + _named.Count == 0 && _spread is null && _namedSpread is null
        ? ArgumentList.Empty
        : new ArgumentList([.. _positional], [.. _named], _spread, _namedSpread);
}
