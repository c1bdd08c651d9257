namespace Quipu.Cpu;

/// <summary>How a <see cref="CpuDevice"/> is made.</summary>
public sealed record CpuDeviceOptions
{
    /// <summary>Threads that compute; 0: one for each physical core that the process may use. At most 1024.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that compute a pass of more than one row, such as a prompt; 0: as many as <see cref="Threads"/>. At most 1024.</summary>
    public int BatchThreads { get; init; }

    /// <summary>The instruction set of the kernels; null: the widest that the process can run.</summary>
    internal InstructionSet? InstructionSet { get; init; }
}
