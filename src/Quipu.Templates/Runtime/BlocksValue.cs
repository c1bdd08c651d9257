using Quipu.Templates.Syntax;
using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>The variable <c>self</c>: the template's named blocks as functions that render them.</summary>
internal sealed class BlocksValue(IReadOnlyDictionary<string, NamedBlock> blocks) : TemplateValue
{
    internal override string TypeName => "TemplateReference";

    internal override TemplateValue? GetAttribute(string name) => blocks.TryGetValue(name, out NamedBlock? block)
        ? new FunctionValue(name, new NativeFunction(call => call.Interpreter.RenderBlock(block)))
        : null;

    internal override void WriteRepr(TextBuilder text) => text.Append("<TemplateReference None>");
}
