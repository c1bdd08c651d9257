using System.Buffers.Binary;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>
/// The settings of a terminal while an answer is written: keys are not shown in the middle of it, and Return stays Return instead of
/// becoming the line feed that Ctrl-J types. Ctrl-C is a signal as before. On a Unix whose flags are not known here the settings stay.
/// </summary>
internal static class CalmTerminal
{
    private const uint Echo = 8; // everywhere
    private const uint ReturnAsLineFeed = 0x100; // ICRNL, everywhere

    /// <summary>The settings, made calm.</summary>
    /// <param name="settings">A <c>termios</c> of this system.</param>
    public static byte[] Of(ReadOnlySpan<byte> settings)
    {
        byte[] calm = settings.ToArray();
        // c_iflag, c_oflag, c_cflag and c_lflag come first: as int on Linux and FreeBSD, as long on macOS.
        bool linux = OperatingSystem.IsLinux();
        if (!BitConverter.IsLittleEndian || !(linux || OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD()))
            return calm;
        int size = OperatingSystem.IsMacOS() ? 8 : 4;
        uint wholeLines = linux ? 2u : 0x100u; // ICANON
        Clear(calm.AsSpan(0), ReturnAsLineFeed);
        Clear(calm.AsSpan(3 * size), Echo | wholeLines);
        return calm;
    }

    private static void Clear(Span<byte> flags, uint bits) =>
        BinaryPrimitives.WriteUInt32LittleEndian(flags, BinaryPrimitives.ReadUInt32LittleEndian(flags) & ~bits);
}
