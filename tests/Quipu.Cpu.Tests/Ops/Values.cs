namespace Quipu.Cpu.Tests.Ops;

/// <summary>Random test data.</summary>
internal static class Values
{
    /// <summary>Normally distributed around 0.</summary>
    public static float[] Normal(Random random, int count, double deviation)
    {
        var result = new float[count];
        for (int i = 0; i < count; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            result[i] = (float)(deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
        return result;
    }
}
