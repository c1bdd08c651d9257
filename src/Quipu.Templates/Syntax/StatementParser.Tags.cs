namespace Quipu.Templates.Syntax;

/// <summary>One method a tag. Each begins after the tag's name and ends before the closing <c>%}</c>.</summary>
internal sealed partial class StatementParser
{
    private If ParseIf(Position position)
    {
        bool conditional = _expressions.Deferred.IsConditional;
        _expressions.Deferred.IsConditional = true;
        var branches = new List<(Expression, Statement[])>();
        Statement[] other = [];
        while (true)
        {
            Expression test = _expressions.ParseTuple(allowConditional: false);
            branches.Add((test, ParseBody("if", position, "elif", "else", "endif")));
            if (_tokens.TryTakeName("elif"))
                continue;
            if (_tokens.TryTakeName("else"))
                other = ParseBody("if", position, "endif");
            break;
        }
        _tokens.ExpectName("endif");
        _expressions.Deferred.IsConditional = conditional;
        return new If(position, [.. branches], other);
    }

    private For ParseFor(Position position)
    {
        Expression target = _expressions.ParseTarget();
        if (Assigns(target, "loop"))
            throw _tokens.Error("the name 'loop' is taken by the loop itself", target.Position);
        _tokens.ExpectName("in");
        Expression iterable = _expressions.ParseTuple(allowConditional: false);
        Expression? filter = _tokens.TryTakeName("if") ? _expressions.Parse() : null;
        bool recursive = _tokens.TryTakeName("recursive");
        _loops++;
        Statement[] body = ParseScopedBody("for", position, "endfor", "else");
        _loops--;
        Statement[] other = _tokens.TryTakeName("else") ? ParseScopedBody("for", position, "endfor") : [];
        _tokens.ExpectName("endfor");
        return new For(position, target, iterable, filter, recursive, body, other);
    }

    private static bool Assigns(Expression target, string name) => target switch
    {
        Name single => single.Text == name,
        TupleLiteral tuple => Array.Exists(tuple.Items, item => Assigns(item, name)),
        _ => false,
    };

    private Statement ParseSet(Position position)
    {
        Expression target = _expressions.ParseTarget(allowNamespace: true);
        if (_tokens.TryTakeOperator("="))
            return new Set(position, target, _expressions.ParseTuple());
        FilterCall[] filters = _tokens.TryTakeOperator("|") ? _expressions.ParseFilterChain() : [];
        Statement[] body = ParseScopedBody("set", position, "endset");
        _tokens.ExpectName("endset");
        return new SetBlock(position, target, filters, body);
    }

    private With ParseWith(Position position)
    {
        var variables = new List<(Expression, Expression)>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (variables.Count > 0)
                _tokens.ExpectOperator(",");
            Expression target = _expressions.ParseTarget();
            _tokens.ExpectOperator("=");
            variables.Add((target, _expressions.Parse()));
        }
        Statement[] body = ParseScopedBody("with", position, "endwith");
        _tokens.ExpectName("endwith");
        return new With(position, [.. variables], body);
    }

    private Macro ParseMacro(Position position)
    {
        string name = ParseNewName().Text;
        return new Macro(position, ParseDefinition("macro", position, name, ParseParameters()));
    }

    private CallBlock ParseCall(Position position)
    {
        Parameter[] parameters = _tokens.Current.IsOperator("(") ? ParseParameters() : [];
        Position start = _tokens.Position;
        if (_expressions.Parse() is not CallExpression call)
            throw _tokens.Error("a call block needs a call: {% call name() %}", start);
        return new CallBlock(position, call, ParseDefinition("call", position, null, parameters));
    }

    private MacroDefinition ParseDefinition(string tag, Position position, string? name, Parameter[] parameters)
    {
        HashSet<string> outer = _expressions.SpecialNames;
        _expressions.SpecialNames = [];
        Statement[] body = ParseDetachedBody(tag, position, "end" + tag);
        HashSet<string> read = _expressions.SpecialNames;
        foreach (string special in read)
            outer.Add(special);
        _expressions.SpecialNames = outer;
        bool Reads(string special) => read.Contains(special) && !Array.Exists(parameters, p => p.Name == special);
        if (read.Contains("caller") && Array.Exists(parameters, p => p.Name == "caller" && p.Default is null))
            throw _tokens.Error("the parameter 'caller' must be omitted or have a default", position);
        return new MacroDefinition(name, parameters, body, Reads("caller"), Reads("varargs"), Reads("kwargs"));
    }

    /// <summary>The name of a macro or parameter, which must be none of the constants.</summary>
    private Token ParseNewName()
    {
        Token name = _tokens.ExpectName();
        return name.Text is "true" or "True" or "false" or "False" or "none" or "None"
            ? throw _tokens.Error($"can't assign to '{name.Text}'", name.Position)
            : name;
    }

    private Parameter[] ParseParameters()
    {
        _tokens.ExpectOperator("(");
        var parameters = new List<Parameter>();
        while (!_tokens.Current.IsOperator(")"))
        {
            if (parameters.Count > 0)
                _tokens.ExpectOperator(",");
            Token name = ParseNewName();
            if (parameters.Exists(p => p.Name == name.Text))
                throw _tokens.Error($"the parameter '{name.Text}' is there twice", name.Position);
            Expression? value = _tokens.TryTakeOperator("=") ? _expressions.Parse() : null;
            if (value is null && parameters.Count > 0 && parameters[^1].Default is not null)
                throw _tokens.Error("non-default argument follows default argument");
            parameters.Add(new Parameter(name.Text, value));
        }
        _tokens.ExpectOperator(")");
        return [.. parameters];
    }

    private FilterBlock ParseFilter(Position position)
    {
        FilterCall[] filters = _expressions.ParseFilterChain();
        Statement[] body = ParseScopedBody("filter", position, "endfilter");
        _tokens.ExpectName("endfilter");
        return new FilterBlock(position, filters, body);
    }

    private Generation ParseGeneration(Position position) =>
        new(position, ParseDetachedBody("generation", position, "endgeneration"));

    private NamedBlock ParseBlock(Position position)
    {
        string name = _tokens.ExpectName().Text;
        _tokens.TryTakeName("scoped");
        _tokens.TryTakeName("required");
        var block = new NamedBlock(position, name, ParseDetachedBody("block", position, "endblock"));
        _tokens.TryTakeName(name);
        if (!_blocks.TryAdd(name, block))
            throw _tokens.Error($"block '{name}' defined twice", position);
        return block;
    }

    private Print ParsePrint(Position position)
    {
        var parts = new List<Expression>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (parts.Count > 0)
                _tokens.ExpectOperator(",");
            parts.Add(_expressions.Parse());
        }
        return new Print(position, parts.Count == 1 ? parts[0] : new Concatenation(position, [.. parts]));
    }

    /// <summary>A tag that names another template. Chat templates stand alone, so it fails once it is reached.</summary>
    private Load ParseLoad(Position position, string tag)
    {
        _expressions.Parse();
        while (_tokens.Current.Kind is not (TokenKind.BlockEnd or TokenKind.EndOfTemplate))
            _tokens.Advance();
        return new Load(position, tag);
    }
}
