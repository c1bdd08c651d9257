namespace Quipu.Cli.Flags;

/// <summary>How the tools that handle containers are used.</summary>
internal static class PackagingHelp
{
    /// <summary>The beginning of a tool's help, or null where the mode is none of them.</summary>
    public static string? Usage(Modes mode) => mode switch
    {
        Modes.Pack =>
            "quipu pack: make one file of a model and this program\n\nUsage\n"
            + "  quipu pack MODEL.gguf… [FLAGS] [-- ARGUMENTS]\n\n"
            + "The file runs on Linux, macOS and Windows and is a ZIP that holds the model. Of a split set give the\n"
            + "first file. ARGUMENTS are carried and precede the user's.\n",
        Modes.Unpack => "quipu unpack: write the files of a container into a folder\n\nUsage\n  quipu unpack FILE [NAME…] [-o FOLDER]\n",
        Modes.List => "quipu ls: list what a container holds\n\nUsage\n  quipu ls FILE [FLAGS]\n",
        Modes.Arguments =>
            "quipu args: show or change the arguments that a container carries\n\nUsage\n"
            + "  quipu args FILE                 show them, one a line\n"
            + "  quipu args FILE -- ARGUMENTS    replace them; ... stands for the user's\n"
            + "  quipu args FILE --clear         take them away\n\n"
            + "Without ... the stored arguments count only where the user gives none.\n",
        Modes.Native =>
            "quipu native: make the plain program of one platform of a container\n\nUsage\n  quipu native FILE -o PROGRAM [FLAGS]\n\n"
            + "Programs that start others by execve without a shell, such as systemd and Docker, need it.\n",
        Modes.Upgrade => "quipu upgrade: put this program into an older container, Mozilla's too\n\nUsage\n  quipu upgrade FILE [-o NEW]\n",
        Modes.Verify =>
            "quipu verify: check every byte of a container\n\nUsage\n  quipu verify FILE [FLAGS]\n\n"
            + "Programs by their SHA-256, entries by the ZIP's checksums, models by their structure.\n",
        _ => null,
    };
}
