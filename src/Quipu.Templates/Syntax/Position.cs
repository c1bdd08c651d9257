namespace Quipu.Templates;

/// <summary>A place in a template's source; both numbers count from 1.</summary>
internal readonly record struct Position(int Line, int Column);
