using Quipu.Templates.Values;

namespace Quipu.Templates.Syntax;

/// <summary>Something that has a value. Operators know the place of their sign, the rest where it begins.</summary>
internal abstract record Expression(Position Position);

internal sealed record Constant(Position Position, TemplateValue Value) : Expression(Position);

internal sealed record Name(Position Position, string Text) : Expression(Position);

internal sealed record ListLiteral(Position Position, Expression[] Items) : Expression(Position);

internal sealed record TupleLiteral(Position Position, Expression[] Items) : Expression(Position);

internal sealed record DictLiteral(Position Position, (Expression Key, Expression Value)[] Items) : Expression(Position);

/// <summary><c>a if test else b</c>; without else the value is undefined.</summary>
internal sealed record Conditional(Position Position, Expression Test, Expression Then, Expression? Else) : Expression(Position);

/// <summary><c>a and b</c>, <c>a or b</c>: the right side is evaluated only when the left does not decide.</summary>
internal sealed record Logical(Position Position, bool IsAnd, Expression Left, Expression Right) : Expression(Position);

internal sealed record Not(Position Position, Expression Operand) : Expression(Position);

/// <summary><c>-a</c> or <c>+a</c>.</summary>
internal sealed record Sign(Position Position, bool Negative, Expression Operand) : Expression(Position);

/// <summary>An arithmetic operator with two sides.</summary>
internal sealed record Arithmetic(Position Position, string Operator, Expression Left, Expression Right) : Expression(Position);

/// <summary><c>a ~ b ~ c</c>: the texts of all parts, one after another.</summary>
internal sealed record Concatenation(Position Position, Expression[] Parts) : Expression(Position);

/// <summary>A chain of comparisons: <c>a &lt; b == c in d</c>.</summary>
internal sealed record Comparison(Position Position, Expression First, (string Operator, Expression Operand)[] Rest) : Expression(Position);

/// <summary><c>object.name</c>: an attribute or method, else the item of that key.</summary>
internal sealed record Attribute(Position Position, Expression Object, string Name, StringValue Key) : Expression(Position);

/// <summary><c>object[key]</c>: an item, else the attribute of that name.</summary>
internal sealed record Item(Position Position, Expression Object, Expression Key) : Expression(Position);

/// <summary><c>object[start:stop:step]</c>.</summary>
internal sealed record Slice(Position Position, Expression Object, Expression? Start, Expression? Stop, Expression? Step)
    : Expression(Position);

internal sealed record CallExpression(Position Position, Expression Function, ArgumentList Arguments) : Expression(Position);

/// <summary><c>input | filter(arguments)</c>.</summary>
internal sealed record FilterExpression(Position Position, Expression Input, FilterCall Filter) : Expression(Position);

/// <summary><c>input is test(arguments)</c>.</summary>
internal sealed record TestExpression(Position Position, Expression Input, string Name, ArgumentList Arguments) : Expression(Position);

/// <summary><c>namespace.attribute</c> as the target of a set statement.</summary>
internal sealed record NamespaceTarget(Position Position, string Namespace, string Attribute) : Expression(Position);

/// <summary>A filter's name and arguments, without what it is applied to.</summary>
internal sealed record FilterCall(Position Position, string Name, ArgumentList Arguments);

/// <summary>What stands between the parentheses of a call.</summary>
internal sealed record ArgumentList(
    Expression[] Positional, (string Name, Expression Value)[] Named, Expression? Spread, Expression? NamedSpread)
{
    public static ArgumentList Empty { get; } = new([], [], null, null);
}
