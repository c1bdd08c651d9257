using System.Globalization;
using System.Text.Json;
using Quipu.Cli.Flags;
using Quipu.Cli.Tools.Bench;
using Quipu.Cpu;
using Quipu.Cpu.Limits;
using Quipu.Engine;
using Quipu.Testing;

namespace Quipu.Cli.Tests;

/// <summary><c>quipu bench</c>: what it reads, counts and writes; never how fast anything is.</summary>
public class BenchToolTests
{
    private static readonly string Model = TestPaths.Fixture("tiny", "tiny2l-Q4_0.gguf");
    private static readonly string[] Small = ["bench", "-m", Model, "-p", "6", "-n", "3", "-r", "2", "-ub", "4", "-t", "1", "--no-warmup"];

    [Theory]
    [InlineData("512", "512")]
    [InlineData("1,2,8", "1 2 8")]
    [InlineData("1-4", "1 2 3 4")]
    [InlineData("64-512*2", "64 128 256 512")]
    [InlineData("0-8192+4096", "0 4096 8192")]
    [InlineData("5,1-3", "5 1 2 3")]
    public void A_list_is_read_as_llama_bench_reads_it(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', NumberList.Parse(text, "-p", 0, 100_000)));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1,,2")]
    [InlineData("-1")]
    [InlineData("4-1")]
    [InlineData("1-8*1")]
    [InlineData("0-8*2")]
    [InlineData("1-2147483647")]
    [InlineData("1-4+0")]
    [InlineData("99999999999")]
    [InlineData("100001")]
    public void What_is_no_list_is_an_error_that_names_the_flag(string text) =>
        Assert.Contains("-p", Assert.Throws<UsageException>(() => NumberList.Parse(text, "-p", 0, 100_000)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("-fa", "0")]
    [InlineData("-p", "0", "-n", "0")]
    [InlineData("-t", "0")]
    [InlineData("-ctk", "q4_0")]
    [InlineData("-ctv", "x")]
    [InlineData("extra")]
    public void What_cannot_be_measured_is_an_error(params string[] arguments) =>
        Assert.Throws<UsageException>(() => BenchOptions.Read(FlagParser.Parse(["bench", .. arguments])));

    [Fact]
    public void Tests_are_the_product_of_lengths_and_depths()
    {
        var options = BenchOptions.Read(FlagParser.Parse(["bench", "-p", "8,16", "-n", "4", "-d", "0,32", "-t", "1-2", "-fa", "1"]));
        Assert.Equal(["pp8", "pp16", "tg4", "pp8 @ d32", "pp16 @ d32", "tg4 @ d32"], options.Tests.Select(test => test.Name));
        Assert.Equal([1, 2], options.Threads);
        Assert.Equal(48, options.ContextLength);
    }

    [Fact]
    public void Median_spread_and_share_are_of_the_samples()
    {
        var result = new BenchResult(new BenchTest(BenchKind.Prompt, 1, 0), 1, [8, 12, 10, 11], new MachineLimits(1, 1, 1), 42, default);
        Assert.Equal(10.5, result.Median);
        Assert.Equal(2 / 10.5, result.Spread, 12);
        Assert.Equal(0.25, result.Share);
    }

    [Fact]
    public void The_limit_of_a_token_is_its_bytes_over_the_bandwidth()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        using var model = LanguageModel.Load(Model, device);
        var work = new Workload(model);
        var shape = model.Model.Shape;
        long weights = model.File.Tensors.Sum(tensor => tensor.ByteLength); // the output layer is the embedding
        Assert.Equal(weights, work.Weights.Sum(view => view.ByteLength));
        // At depth 1 a token reads its own K and V and one position before, in F16.
        long cache = 2L * 2 * 2 * shape.KvHeads * shape.HeadDim * shape.Layers;
        double rate = work.LimitRate(new BenchTest(BenchKind.Generation, 1, 1), 512, new MachineLimits(1e9, 1e30, 1e30));
        Assert.Equal(1e9 / (weights + cache), rate, 6);
    }

    [Fact]
    public void The_limit_of_a_prompt_is_its_products_over_their_rate()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        using var model = LanguageModel.Load(Model, device);
        var work = new Workload(model);
        long layers = model.File.Tensors.Where(t => t.Dimensions.Length == 2 && t.Name != "token_embd.weight").Sum(t => t.ElementCount);
        Assert.True(model.File.TryGetTensor("token_embd.weight", out var output));
        double rate = work.LimitRate(new BenchTest(BenchKind.Prompt, 8, 0), 4, new MachineLimits(1e30, 1e9, 1e30));
        Assert.Equal(8 / (((8 * layers) + output.ElementCount) / 1e9), rate, 6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(1000)]
    public void The_most_likely_token_is_the_first_of_the_greatest(int count)
    {
        float[] logits = [.. Enumerable.Range(0, count).Select(i => (float)Math.Sin(i))];
        Assert.Equal(Array.IndexOf(logits, logits.Max()), MostLikely.Of(logits));
    }

    [Fact]
    public async Task Json_has_every_test_with_its_samples()
    {
        var run = await QuipuProcess.RunAsync("", [.. Small, "-d", "0,5", "-o", "json", "-ctk", "q8_0"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        var rows = json.RootElement.EnumerateArray().ToArray();
        Assert.Equal([(6, 0, 0), (0, 3, 0), (6, 0, 5), (0, 3, 5)], rows.Select(row => (Int(row, "n_prompt"), Int(row, "n_gen"), Int(row, "n_depth"))));
        foreach (JsonElement row in rows)
        {
            Assert.Equal(2, row.GetProperty("samples_ts").GetArrayLength());
            Assert.Equal(("q8_0", "f16"), (row.GetProperty("type_k").GetString(), row.GetProperty("type_v").GetString()));
            Assert.All(row.GetProperty("samples_ts").EnumerateArray(), sample => Assert.True(sample.GetDouble() > 0));
            foreach (string field in (string[])["limit_ts", "read_bytes_per_second", "int8_per_second", "f32_per_second", "cache_bytes", "activation_bytes", "process_bytes"])
                Assert.True(row.GetProperty(field).GetDouble() > 0, field);
        }

        static int Int(JsonElement row, string name) => row.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Text_Markdown_and_Csv_have_a_row_for_each_test()
    {
        foreach ((string format, int rows, string first) in ((string, int, string)[])[("text", 2, "pp6 "), ("md", 2, "| gemma3"), ("csv", 2, "\"tiny2l-Q4_0.gguf\"")])
        {
            var run = await QuipuProcess.RunAsync("", [.. Small, "-o", format]);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            string[] lines = run.Output.TrimEnd().Split('\n')[^rows..];
            Assert.StartsWith(first, lines[0], StringComparison.Ordinal);
            Assert.All(lines, line => Assert.Contains(format == "csv" ? "AVX2" : ".", line.Replace("AVX-512", "AVX2", StringComparison.Ordinal)
                .Replace("AdvSimd", "AVX2", StringComparison.Ordinal), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_test_beyond_the_trained_context_is_an_error()
    {
        string depth = (1 << 23).ToString(CultureInfo.InvariantCulture);
        var run = await QuipuProcess.RunAsync("", [.. Small, "-d", depth]);
        Assert.Equal(5, run.ExitCode);
        Assert.StartsWith("error: The longest test needs", run.Error, StringComparison.Ordinal);
    }
}
