using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Quipu.Server.Operation;

/// <summary>How the log is written.</summary>
public enum LogFormat
{
    /// <summary>A line for a person.</summary>
    Text,
    /// <summary>A JSON object a line.</summary>
    Json,
}

/// <summary>What the log holds.</summary>
public enum LogDetail
{
    /// <summary>Faults alone.</summary>
    Faults,
    /// <summary>A line a request too.</summary>
    Requests,
    /// <summary>What the HTTP server says about itself too.</summary>
    All,
}

/// <summary>The log: one line an event, with the request's id. Never what was asked or answered.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="format">How it is written.</param>
/// <param name="detail">What it holds.</param>
internal sealed class ServerLog(TextWriter? output, LogFormat format, LogDetail detail) : ILoggerProvider
{
    private readonly Lock _lock = new();

    /// <summary>Writes a line where the detail asks for it.</summary>
    /// <param name="level">How much it matters.</param>
    /// <param name="message">For a person.</param>
    /// <param name="fields">For a program; in text they follow the message.</param>
    public void Write(LogLevel level, string message, params ReadOnlySpan<(string Name, object? Value)> fields)
    {
        if (output is null || !IsEnabled(level))
            return;
        string line = format == LogFormat.Json ? JsonLine(level, message, fields) : TextLine(level, message, fields);
        lock (_lock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    /// <summary>Whether a level is written.</summary>
    public bool IsEnabled(LogLevel level) => level >= (detail switch
    {
        LogDetail.Faults => LogLevel.Error,
        LogDetail.Requests => LogLevel.Information,
        _ => LogLevel.Debug,
    });

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new KestrelLogger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The writer belongs to whoever gave it.
    }

    private static string TextLine(LogLevel level, string message, ReadOnlySpan<(string Name, object? Value)> fields)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{DateTime.Now:yyyy-MM-dd HH:mm:ss.fff} {Word(level),-5} {OneLine(message)}");
        foreach (var (name, value) in fields)
            if (value is not null)
                line.Append(CultureInfo.InvariantCulture, $" {name}={OneLine(Convert.ToString(value, CultureInfo.InvariantCulture)!)}");
        return line.ToString();
    }

    private static string JsonLine(LogLevel level, string message, ReadOnlySpan<(string Name, object? Value)> fields)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTime.UtcNow);
            json.WriteString("level", Word(level));
            json.WriteString("message", message);
            foreach (var (name, value) in fields)
                WriteField(json, name, value);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteField(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case double number:
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Warning => "warn",
        LogLevel.Error or LogLevel.Critical => "error",
        _ => "info",
    };

    /// <summary>What comes from outside shall not write lines of its own into the log.</summary>
    private static string OneLine(string text) =>
        string.Create(text.Length, text, (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
                line[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });

    /// <summary>What Kestrel and the host say; their ordinary news are no news here.</summary>
    private sealed class KestrelLogger(ServerLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // A client that vanishes is logged by Kestrel as information, and told by the request's own line.
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning || (log.IsEnabled(LogLevel.Debug) && logLevel >= LogLevel.Information);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                log.Write(logLevel, formatter(state, exception), ("source", category), ("error", exception?.ToString()));
        }
    }
}
