namespace Quipu.Cli.Tools.Bench;

/// <summary>A format of the benchmark's table.</summary>
internal interface IBenchOutput
{
    /// <summary>Before the first row.</summary>
    void Begin(BenchHeader header);

    /// <summary>A row, as soon as it is measured.</summary>
    void Row(BenchResult result);

    /// <summary>After the last.</summary>
    void End();
}
