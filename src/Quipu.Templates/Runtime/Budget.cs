using System.Runtime.CompilerServices;

namespace Quipu.Templates.Runtime;

/// <summary>What one rendering may still use; every operation whose cost the template decides asks here first.</summary>
internal sealed class Budget(TemplateLimits limits, CancellationToken cancellationToken)
{
    /// <summary>How deep values may nest that are compared, and generators draw on one another: the recursion limit of the reference.</summary>
    public const int MaxValueDepth = 1000;

    private const int StepsBetweenChecks = 4096;

    /// <summary>The bytes an element of a list or dict takes at most, with the object it refers to.</summary>
    private const int ElementSize = 64;

    private long _steps = limits.MaxSteps;
    private long _memory = limits.MaxMemory;

    public TemplateLimits Limits => limits;

    /// <summary>A step of the hot path: an expression or statement.</summary>
    public void Step()
    {
        if ((--_steps & (StepsBetweenChecks - 1)) == 0)
            Check();
    }

    /// <summary>Work worth a number of steps.</summary>
    public void Work(long steps)
    {
        _steps -= Math.Max(0, steps);
        Check();
    }

    /// <summary>Work that looks at so many characters once.</summary>
    public void Scan(long characters)
    {
        if (characters >= 64)
            Work(characters / 64);
    }

    /// <summary>The worst case of searching a text for another.</summary>
    public void Search(long length, long sought)
    {
        if (length > sought)
            Scan(length + (length - sought) * sought / 64);
    }

    /// <summary>A text of this length is about to be made.</summary>
    public void Text(long length)
    {
        Grow(0, length);
    }

    /// <summary>A text of a length is about to become longer.</summary>
    public void Grow(long length, long added)
    {
        if (length + added > limits.MaxTextLength)
            throw Exceeded($"a text would become longer than {limits.MaxTextLength} characters", nameof(limits.MaxTextLength));
        Allocate(added * sizeof(char));
    }

    /// <summary>An element is visited that may be kept.</summary>
    public void Element()
    {
        Step();
        Allocate(ElementSize);
    }

    /// <summary>A list or dict of so many elements is about to be made.</summary>
    public void Elements(long count)
    {
        if (count > int.MaxValue / ElementSize)
            throw Exceeded($"a list of {count} elements is too large", nameof(limits.MaxMemory));
        Work(count / 8);
        Allocate(count * ElementSize);
    }

    /// <summary>An integer with so many bits is about to be made by an operation of this many steps.</summary>
    public void Integer(long bits, long steps)
    {
        if (bits > limits.MaxIntegerBits)
            throw Exceeded($"an integer would become larger than {limits.MaxIntegerBits} bits", nameof(limits.MaxIntegerBits));
        Work(steps);
        Allocate(bits / 8);
    }

    /// <summary>Fails before recursion over nested values or code overflows the stack.</summary>
    public static void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateException("values or calls are nested too deeply", TemplateErrorKind.Limit);
    }

    /// <summary>
    /// Fails where a comparison of nested values, or a chain of generators, goes deeper than <see cref="MaxValueDepth"/>: by count, because
    /// their small frames would reach a depth that depends on the machine's stack.
    /// </summary>
    public static void EnsureDepth(int depth)
    {
        if (depth > MaxValueDepth)
            throw new TemplateException($"values are nested more than {MaxValueDepth} deep", TemplateErrorKind.Limit);
        EnsureStack();
    }

    private void Allocate(long bytes)
    {
        _memory -= bytes;
        if (_memory < 0)
            throw Exceeded($"the values need more than {limits.MaxMemory >> 20} MiB", nameof(limits.MaxMemory));
    }

    private void Check()
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_steps <= 0)
            throw Exceeded($"rendering takes more than {limits.MaxSteps} steps", nameof(limits.MaxSteps));
    }

    private static TemplateException Exceeded(string what, string limit) =>
        new($"{what} (limit {limit})", TemplateErrorKind.Limit);
}
