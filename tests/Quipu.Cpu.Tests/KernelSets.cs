namespace Quipu.Cpu.Tests;

/// <summary>The instruction sets that kernel tests run on: all that this process can run.</summary>
internal static class KernelSets
{
    /// <summary>All of them, by number because the type is internal.</summary>
    public static TheoryData<int> All => [.. InstructionSets.Supported.Select(set => (int)set)];

    /// <summary>Memory of random content that vectors may be loaded from.</summary>
    public static float[] Normal(Random random, int count, float deviation = 1f)
    {
        float[] values = GC.AllocateArray<float>(count, pinned: true);
        for (int i = 0; i < count; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }
}
