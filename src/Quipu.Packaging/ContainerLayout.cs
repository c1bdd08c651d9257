namespace Quipu.Packaging;

/// <summary>Numbers and names of the container; docs/container.md draws it.</summary>
public static class ContainerLayout
{
    /// <summary>Payloads and launcher begin and end at multiples of this, so that <c>dd</c> finds them by block.</summary>
    public const int BlockBytes = 4096;

    /// <summary>Weights begin at a multiple of this: the granularity at which Windows maps files, and a multiple of every page size.</summary>
    public const int WeightsAlignment = 65536;

    /// <summary>The entry with the arguments.</summary>
    public const string ArgumentsEntry = ".args";

    /// <summary>The entry that links to weights which lie beside the container.</summary>
    public const string ExternalEntry = ".external";

    /// <summary>Above this size Windows does not start a program.</summary>
    public const long LargestWindowsProgram = uint.MaxValue;

    internal static long Align(long position, long alignment) => (position + alignment - 1) & -alignment;
}
