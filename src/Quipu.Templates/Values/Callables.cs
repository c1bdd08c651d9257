using Quipu.Templates.Runtime;

namespace Quipu.Templates.Values;

/// <summary>A value that can be called.</summary>
internal abstract class CallableValue : TemplateValue
{
    public abstract TemplateValue Call(Interpreter interpreter, Arguments arguments);
}

/// <summary>A function every template has, or one made by such a function.</summary>
internal sealed class FunctionValue(string name, NativeFunction function) : CallableValue
{
    public string Name => name;

    internal override string TypeName => "function";

    public override TemplateValue Call(Interpreter interpreter, Arguments arguments) =>
        function.Invoke(interpreter, name, NoneValue.Instance, arguments);

    internal override void WriteRepr(TextBuilder text) => text.Append("<function ").Append(name).Append('>');
}

/// <summary>A method with the value it belongs to.</summary>
internal sealed class MethodValue(TemplateValue owner, string name, NativeFunction function) : CallableValue
{
    internal override string TypeName => "builtin_function_or_method";

    public override TemplateValue Call(Interpreter interpreter, Arguments arguments) =>
        function.Invoke(interpreter, name, owner, arguments);

    internal override void WriteRepr(TextBuilder text) =>
        text.Append("<built-in method ").Append(name).Append(" of ").Append(owner.TypeName).Append(" object>");
}
