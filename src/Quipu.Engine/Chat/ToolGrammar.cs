using System.Text.Json;
using Quipu.Engine.Grammars;
using Quipu.Engine.Grammars.Schemas;
using Quipu.Engine.Grammars.Syntax;
using Quipu.Tokenizers;
using static Quipu.Engine.Grammars.Syntax.GrammarNode;

namespace Quipu.Engine.Chat;

/// <summary>The grammar of calls, as the model writes them, with arguments that match each function's own schema.</summary>
internal sealed class ToolGrammar
{
    private static readonly CharSet IdLetters = CharSet.Of(('0', '9'), ('A', 'Z'), ('a', 'z'));

    private readonly ToolFormat _format;
    private readonly Tokenizer _tokenizer;
    private readonly RuleSet _rules = new();
    private readonly JsonPieces _pieces;

    private ToolGrammar(ToolFormat format, Tokenizer tokenizer)
    {
        (_format, _tokenizer) = (format, tokenizer);
        _pieces = new JsonPieces(_rules);
    }

    /// <summary>The texts behind which the model is within a call, when it need not call.</summary>
    public static IEnumerable<GrammarTrigger> Triggers(ToolFormat format) => format.Begin.Length > 0
        ? [GrammarTrigger.AfterText(format.Begin)]
        :
        [
            GrammarTrigger.AtStart("{\"name\":"),
            GrammarTrigger.AtStart("{\"type\": \"function\", \"name\":"),
            GrammarTrigger.AtStart("<|python_tag|>{\"name\":"),
        ];

    /// <summary>The grammar of what follows a trigger.</summary>
    /// <exception cref="ToolSchemaException">A function's schema cannot be kept.</exception>
    public static Grammar AfterTrigger(ToolFormat format, IReadOnlyList<ToolDefinition> tools, bool parallel, Tokenizer tokenizer) =>
        new ToolGrammar(format, tokenizer).Build(builder => builder.Calls(tools, parallel, begun: true));

    /// <summary>The grammar of a whole answer.</summary>
    /// <param name="format">How the model writes calls.</param>
    /// <param name="tools">The functions, at least one.</param>
    /// <param name="parallel">Whether it may call several.</param>
    /// <param name="otherwise">What the answer may be instead of calls; mere text: it must call.</param>
    /// <param name="tokenizer">Its vocabulary may have tokens for the marks.</param>
    /// <exception cref="ToolSchemaException">A function's schema cannot be kept.</exception>
    /// <exception cref="GrammarException">The schema of the answer cannot be kept.</exception>
    public static Grammar Whole(
        ToolFormat format, IReadOnlyList<ToolDefinition> tools, bool parallel, OutputFormat otherwise, Tokenizer tokenizer) =>
        new ToolGrammar(format, tokenizer).Build(builder =>
        {
            var calls = builder.Calls(tools, parallel, begun: false);
            return otherwise.Kind == OutputKind.Text ? calls : Choice(calls, builder.Answer(otherwise));
        });

    private Grammar Build(Func<ToolGrammar, GrammarNode> body)
    {
        int root = _rules.Declare("root");
        _rules.Root = root;
        _rules.Define(root, body(this));
        return new Grammar(_rules);
    }

    private GrammarNode Answer(OutputFormat format) =>
        format.Kind == OutputKind.JsonSchema ? JsonSchemaCompiler.AddTo(_rules, _pieces, format.Schema) : _pieces.Object;

    private GrammarNode Calls(IReadOnlyList<ToolDefinition> tools, bool parallel, bool begun)
    {
        var space = JsonPieces.Space;
        var call = _rules.Add("call", Choice(tools.Select(tool => Call(tool, opened: begun && _format.Begin.Length == 0))));
        var mark = Mark(_format.Begin);
        var first = begun ? GrammarNode.Empty : mark;
        if (_format.Shape == CallShape.List)
            return Sequence(first, space, Literal("["), space, call, More(Sequence(Literal(","), space, call)), space, Literal("]"));
        var whole = _format.End.Length == 0 ? call : Sequence(space, call, space, Mark(_format.End));
        return Sequence(first, whole, More(_format.End.Length == 0 ? Sequence(mark, whole) : Sequence(space, mark, whole)));

        GrammarNode More(GrammarNode next) => parallel && !_format.IsSingle ? Repeat(next, 0, null) : GrammarNode.Empty;
    }

    private GrammarNode Call(ToolDefinition tool, bool opened)
    {
        var arguments = Arguments(tool);
        if (_format.Shape == CallShape.Named)
            return Sequence(Literal(tool.Name), Optional(Sequence(Mark("[CALL_ID]"), Id())), Mark("[ARGS]"), arguments);
        var space = JsonPieces.Space;
        GrammarNode[] open = opened ? [] : [Literal("{"), space, Literal("\"name\":")];
        GrammarNode[] id = _format.HasShortIds
            ? [Optional(Sequence(Literal(","), space, Literal("\"id\":"), space, Literal("\""), Id(), Literal("\"")))]
            : [];
        return Sequence(
        [
            .. open, space, Literal(JsonText.Quote(tool.Name)), Literal(","),
            space, Literal($"\"{_format.ArgumentsKey}\":"), space, arguments,
            .. id, space, Literal("}"),
        ]);
    }

    private static GrammarNode Id() => Repeat(Class(IdLetters), ToolFormat.ShortIdLength, ToolFormat.ShortIdLength);

    private GrammarNode Arguments(ToolDefinition tool)
    {
        if (tool.Parameters is not { ValueKind: JsonValueKind.Object } schema || !schema.EnumerateObject().Any())
            return _pieces.Object;
        try
        {
            return JsonSchemaCompiler.AddTo(_rules, _pieces, schema, mustBeObject: true);
        }
        catch (GrammarException error)
        {
            throw new ToolSchemaException(tool.Name, error);
        }
    }

    /// <summary>A mark: a token of its own where the vocabulary has one that matches no text, else its text.</summary>
    private GrammarNode Mark(string text) =>
        text.Length == 0 ? GrammarNode.Empty
        : _tokenizer.FindToken(text) is { } id && _tokenizer.Kind(id) == TokenKind.Control ? new TokenNode(id, null, Negated: false)
        : Literal(text);
}
