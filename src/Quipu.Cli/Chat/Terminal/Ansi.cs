namespace Quipu.Cli.Chat.Terminal;

/// <summary>The escape sequences that the chat writes.</summary>
internal static class Ansi
{
    public const string Reset = "\e[0m";
    public const string FaintParameters = "2";
    public const string EraseBelow = "\e[J";
    public const string EraseLine = "\r\e[K";
    public const string ClearScreen = "\e[H\e[2J";
    public const string HideCursor = "\e[?25l";
    public const string ShowCursor = "\e[?25h";
    public const string BracketedPasteOn = "\e[?2004h";
    public const string BracketedPasteOff = "\e[?2004l";

    /// <summary>Starts a style; nothing where the parameters are empty.</summary>
    public static string Start(string parameters) => parameters.Length == 0 ? "" : $"\e[{parameters}m";

    /// <summary>Ends a style that <see cref="Start"/> began.</summary>
    public static string End(string parameters) => parameters.Length == 0 ? "" : Reset;

    /// <summary>A text in a style.</summary>
    public static string Styled(string text, string parameters) => Start(parameters) + text + End(parameters);

    /// <summary>Moves the cursor up.</summary>
    public static string Up(int rows) => rows == 0 ? "" : $"\e[{rows}A";

    /// <summary>Moves the cursor down.</summary>
    public static string Down(int rows) => rows == 0 ? "" : $"\e[{rows}B";

    /// <summary>Moves the cursor right.</summary>
    public static string Right(int columns) => columns == 0 ? "" : $"\e[{columns}C";
}
