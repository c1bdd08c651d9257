using Quipu.Templates.Runtime;

namespace Quipu.Templates.Values;

/// <summary>What a name, attribute or item that does not exist gives: empty and false, and an error for most other uses.</summary>
internal sealed class UndefinedValue : TemplateValue
{
    private readonly Func<string> _reason;

    private UndefinedValue(Func<string> reason) => _reason = reason;

    internal override string TypeName => "Undefined";

    internal override bool IsTrue => false;

    internal override int? Length => 0;

    /// <summary>A variable that is not there.</summary>
    public static UndefinedValue Name(string name) => new(() => $"'{name}' is undefined");

    /// <summary>An attribute or item that a value does not have.</summary>
    public static UndefinedValue Member(TemplateValue owner, TemplateValue key) => new(() => key is StringValue name
        ? $"'{Describe(owner)}' has no attribute '{name.Text}'"
        : $"{Describe(owner)} has no element {key}");

    /// <summary>An attribute the sandbox hides.</summary>
    public static UndefinedValue Unsafe(TemplateValue owner, string name) =>
        new(() => $"access to attribute '{name}' of '{owner.TypeName}' object is unsafe.");

    /// <summary>A value that is missing for a reason of its own.</summary>
    public static UndefinedValue Because(string reason) => new(() => reason);

    /// <summary>The error of an operation that needs a value.</summary>
    public TemplateException Error() => new(_reason());

    internal override IEnumerable<TemplateValue> Iterate() => [];

    internal override TemplateValue? GetAttribute(string name) => throw Error();

    internal override TemplateValue? GetItem(TemplateValue key, Budget budget) => throw Error();

    internal override void WriteRepr(TextBuilder text) => text.Append("Undefined");

    private static string Describe(TemplateValue owner) => owner is NoneValue ? "None" : owner.TypeName + " object";
}
