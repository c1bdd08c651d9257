namespace Quipu.Engine.Grammars.Schemas;

/// <summary>Types of JSON values; numbers are integers or <see cref="Fraction"/>s.</summary>
[Flags]
internal enum JsonTypes
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>null.</summary>
    Null = 1,
    /// <summary>true or false.</summary>
    Boolean = 2,
    /// <summary>A number without a fraction.</summary>
    Integer = 4,
    /// <summary>A number that may have a fraction.</summary>
    Fraction = 8,
    /// <summary>A number.</summary>
    Number = Integer | Fraction,
    /// <summary>A string.</summary>
    String = 16,
    /// <summary>An array.</summary>
    Array = 32,
    /// <summary>An object.</summary>
    Object = 64,
    /// <summary>All.</summary>
    All = 127,
}
