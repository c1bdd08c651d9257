namespace Quipu.Engine.Chat;

/// <summary>What is new of a call.</summary>
/// <param name="Index">Which call of the answer, from 0.</param>
/// <param name="Id">Its id, when it begins.</param>
/// <param name="Name">The function, when it begins.</param>
/// <param name="Arguments">A part of its arguments, JSON.</param>
public sealed record ToolCallDelta(int Index, string? Id, string? Name, string Arguments);
