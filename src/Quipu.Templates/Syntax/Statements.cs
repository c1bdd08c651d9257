namespace Quipu.Templates.Syntax;

/// <summary>A piece of a template that is executed and may print.</summary>
internal abstract record Statement(Position Position);

internal sealed record Literal(Position Position, string Content) : Statement(Position);

internal sealed record Print(Position Position, Expression Value) : Statement(Position);

internal sealed record If(Position Position, (Expression Test, Statement[] Body)[] Branches, Statement[] Else) : Statement(Position);

internal sealed record For(
    Position Position, Expression Target, Expression Iterable, Expression? Filter, bool IsRecursive, Statement[] Body, Statement[] Else)
    : Statement(Position);

internal sealed record Set(Position Position, Expression Target, Expression Value) : Statement(Position);

/// <summary><c>{% set x | filter %}…{% endset %}</c>.</summary>
internal sealed record SetBlock(Position Position, Expression Target, FilterCall[] Filters, Statement[] Body) : Statement(Position);

internal sealed record With(Position Position, (Expression Target, Expression Value)[] Variables, Statement[] Body) : Statement(Position);

internal sealed record Macro(Position Position, MacroDefinition Definition) : Statement(Position);

/// <summary><c>{% call(arguments) macro() %}…{% endcall %}</c>: the macro gets the body as its <c>caller</c>.</summary>
internal sealed record CallBlock(Position Position, CallExpression Call, MacroDefinition Body) : Statement(Position);

internal sealed record FilterBlock(Position Position, FilterCall[] Filters, Statement[] Body) : Statement(Position);

/// <summary><c>{% generation %}…{% endgeneration %}</c>: what the model is trained to say. Here its body is simply printed.</summary>
internal sealed record Generation(Position Position, Statement[] Body) : Statement(Position);

internal sealed record NamedBlock(Position Position, string Name, Statement[] Body) : Statement(Position);

internal sealed record Break(Position Position) : Statement(Position);

internal sealed record Continue(Position Position) : Statement(Position);

/// <summary>A statement that would read another template; it fails when it is reached.</summary>
internal sealed record Load(Position Position, string Tag) : Statement(Position);

/// <summary>The parameters and body of a macro or call block, and which special variables the body reads.</summary>
internal sealed record MacroDefinition(
    string? Name, Parameter[] Parameters, Statement[] Body, bool ReadsCaller, bool ReadsVarargs, bool ReadsKwargs);

internal sealed record Parameter(string Name, Expression? Default);

/// <summary>A parsed template.</summary>
internal sealed record TemplateNode(Statement[] Body, IReadOnlyDictionary<string, NamedBlock> Blocks);
