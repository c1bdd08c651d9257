using Quipu.Templates.Values;

namespace Quipu.Templates.Runtime;

/// <summary>The code of a filter, test, function or method.</summary>
internal delegate TemplateValue NativeBody(NativeCall call);

/// <summary>A filter, test, function or method: its code and its parameters by name, without the value it works on.</summary>
internal sealed class NativeFunction(NativeBody body, params string[] parameters)
{
    /// <summary>How many of the parameters must be given.</summary>
    public int Required { get; init; }

    /// <summary>Whether it takes any arguments and sorts them out itself.</summary>
    public bool IsVariadic { get; init; }

    /// <summary>Whether its parameters cannot be named in a call.</summary>
    public bool IsPositional { get; init; }

    /// <summary>Calls it on a value, charging for texts and lists it reads and makes.</summary>
    public TemplateValue Invoke(Interpreter interpreter, string name, TemplateValue self, Arguments arguments)
    {
        Budget budget = interpreter.Budget;
        budget.Step();
        if (self is StringValue text)
            budget.Scan(text.Text.Length);
        TemplateValue result = body(new NativeCall(interpreter, name, self, arguments, IsVariadic ? [] : Bind(name, arguments)));
        if (ReferenceEquals(result, self))
            return result;
        if (result is StringValue made)
            budget.Text(made.Text.Length);
        else if (result is SequenceValue sequence)
            budget.Elements(sequence.Items.Length);
        return result;
    }

    private TemplateValue?[] Bind(string name, Arguments arguments)
    {
        if (arguments.Positional.Length > parameters.Length)
            throw new TemplateException($"{name}() takes at most {parameters.Length} arguments ({arguments.Positional.Length} given)");
        var bound = new TemplateValue?[parameters.Length];
        arguments.Positional.CopyTo(bound, 0);
        foreach ((string key, TemplateValue value) in arguments.Named)
        {
            int index = IsPositional ? -1 : Array.IndexOf(parameters, key);
            if (index < 0)
                throw new TemplateException($"{name}() got an unexpected keyword argument '{key}'");
            if (bound[index] is not null)
                throw new TemplateException($"{name}() got multiple values for argument '{key}'");
            bound[index] = value;
        }
        for (int i = 0; i < Required; i++)
            if (bound[i] is null)
                throw new TemplateException($"{name}() takes at least {Required} arguments: '{parameters[i]}' is missing");
        return bound;
    }
}

/// <summary>One call of a <see cref="NativeFunction"/>: the value it works on and its arguments in the parameters' order.</summary>
internal sealed class NativeCall(Interpreter interpreter, string name, TemplateValue self, Arguments arguments, TemplateValue?[] bound)
{
    public Interpreter Interpreter => interpreter;

    public Budget Budget => interpreter.Budget;

    public string Name => name;

    /// <summary>What the filter or test is applied to, or the method's owner.</summary>
    public TemplateValue Self => self;

    /// <summary>The arguments as they were written, for functions that take any.</summary>
    public Arguments Arguments => arguments;

    /// <summary>An argument, or null where it is not given.</summary>
    public TemplateValue? this[int index] => bound[index];

    /// <summary>The value worked on, as text.</summary>
    public string SelfText() => Printer.Text(self, Budget);

    /// <summary>The value worked on as a string: the same where it is one.</summary>
    public StringValue SelfString() => self as StringValue ?? new StringValue(SelfText());

    /// <summary>The value worked on where it must be a string.</summary>
    public StringValue RequireString() => self as StringValue ?? throw Refuse($"{name} works on a str, not on {self.TypeName}");

    /// <summary>The elements of the value worked on.</summary>
    public TemplateValue[] SelfItems() => Members.ToArray(self, Budget);

    /// <summary>An argument that must be a string, or what stands for a missing one.</summary>
    public string Text(int index, string other = "") => bound[index] switch
    {
        null => other,
        StringValue text => text.Text,
        UndefinedValue undefined => throw undefined.Error(),
        { } value => throw new TemplateException($"{name}() argument {index + 1} must be str, not {value.TypeName}"),
    };

    /// <summary>A string argument; null where it is missing or none.</summary>
    public string? TextOrNull(int index) => bound[index] is null or NoneValue ? null : Text(index);

    /// <summary>An argument's text, whatever its type.</summary>
    public string Printed(int index, string other) => bound[index] is { } value ? Printer.Text(value, Budget) : other;

    /// <summary>An argument that must be an integer; huge ones are cut to 32 bits.</summary>
    public int Integer(int index, int other) => bound[index] switch
    {
        null => other,
        UndefinedValue undefined => throw undefined.Error(),
        { } value => value.AsIndex() ?? throw new TemplateException($"'{value.TypeName}' object cannot be interpreted as an integer"),
    };

    /// <summary>An integer argument; null where it is missing or none.</summary>
    public int? IntegerOrNull(int index) => bound[index] is null or NoneValue ? null : Integer(index, 0);

    /// <summary>Whether an argument counts as true.</summary>
    public bool Flag(int index, bool other = false) => bound[index]?.IsTrue ?? other;

    /// <summary>An error for an operation the value worked on does not allow; undefined values have their own.</summary>
    public TemplateException Refuse(string reason) => (self as UndefinedValue)?.Error() ?? new TemplateException(reason);
}
