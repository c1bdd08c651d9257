namespace Quipu.Server.Http;

/// <summary>A stream has told its client about an error as its last event; there is nothing more to send.</summary>
internal sealed class StreamEndedException : Exception;
