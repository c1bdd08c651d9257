namespace Quipu.Cpu.Tests;

public sealed class CpuTopologyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("quipu-topology").FullName;

    [Theory]
    [InlineData("0-3,8,10-11", new[] { 0, 1, 2, 3, 8, 10, 11 })]
    [InlineData("5", new[] { 5 })]
    [InlineData("", new int[0])]
    [InlineData("x,3-,7-5,1-2-3, 4 ", new[] { 4 })]
    public void Lists_of_processors_are_read(string list, int[] expected) => Assert.Equal(expected, CpuTopology.ParseCpuList(list));

    [Fact]
    public void Hardware_threads_of_one_core_count_once_and_only_where_allowed()
    {
        for (int cpu = 0; cpu < 8; cpu++) WriteSiblings(cpu, $"{cpu % 4},{(cpu % 4) + 4}");
        Assert.Equal(4, Count("0-7"));
        Assert.Equal(2, Count("0,1,4"));
        Assert.Equal(1, Count("3,7"));
    }

    [Fact]
    public void Without_the_files_the_number_is_unknown()
    {
        Assert.Null(Count("0-3"));
        Assert.Null(CpuTopology.CountLinuxCores(_folder, Path.Combine(_folder, "absent")));
    }

    [Fact]
    public void This_machine_has_a_name_and_cores()
    {
        Assert.NotEmpty(CpuTopology.ProcessorName());
        Assert.InRange(CpuTopology.PhysicalCores(), 1, Environment.ProcessorCount);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private int? Count(string allowed)
    {
        string status = Path.Combine(_folder, "status");
        File.WriteAllText(status, $"Name:\tquipu\nCpus_allowed:\tff\nCpus_allowed_list:\t{allowed}\n");
        return CpuTopology.CountLinuxCores(_folder, status);
    }

    private void WriteSiblings(int cpu, string siblings)
    {
        string folder = Path.Combine(_folder, $"cpu{cpu}", "topology");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "thread_siblings_list"), siblings + "\n");
    }
}
