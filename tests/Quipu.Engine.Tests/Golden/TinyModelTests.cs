using System.Text.Json;
using Quipu.Cpu;
using Quipu.Cpu.Reference;
using Quipu.Tensors;
using Quipu.Testing;

namespace Quipu.Engine.Tests.Golden;

/// <summary>The two-layer Gemma 3 in every tensor type against llama.cpp's logits.</summary>
public class TinyModelTests
{
    public static TheoryData<string> QuantizedTypes =>
        ["BF16", "IQ4_NL", "IQ4_XS", "Q2_K", "Q3_K_M", "Q4_0", "Q4_1", "Q4_K_M", "Q5_0", "Q5_1", "Q5_K_M", "Q6_K", "Q8_0"];

    [Theory]
    [InlineData("f32", 2e-3f, true)]
    [InlineData("f32", 2e-3f, false)]
    [InlineData("f16", 2e-2f, true)]
    [InlineData("f16", 2e-2f, false)]
    public void Float_types_are_near_exact(string type, float bound, bool reference)
    {
        var (golden, run) = Run(type, reference);
        Assert.Equal(golden.Argmax, run.Argmax);
        for (int i = 0; i < golden.Last.Length; i++)
            Assert.True(Math.Abs(golden.Last[i] - run.KeptLogits[i]) <= bound, $"logit {i}: {run.KeptLogits[i]}, not {golden.Last[i]}");
    }

    [Theory]
    [MemberData(nameof(QuantizedTypes))]
    public void Quantized_types_point_the_same_way(string type)
    {
        var (golden, fast) = Run(type, reference: false);
        var (_, exact) = Run(type, reference: true);
        double withGolden = Cosine(golden.Last, fast.KeptLogits), withExact = Cosine(exact.KeptLogits, fast.KeptLogits);
        Assert.True(withGolden >= 0.998, $"{type}: cosine with llama.cpp {withGolden:F6}");
        Assert.True(withExact >= 0.9995, $"{type}: cosine with the exact computation {withExact:F6}");
    }

    private static (GoldenLogits Golden, PromptRun Run) Run(string type, bool reference)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(TestPaths.Fixture("tiny", "logits.json")));
        string name = $"tiny2l-{type}.gguf";
        int[] ids = Ints(document.RootElement.GetProperty("ids"));
        var model = document.RootElement.GetProperty("models").GetProperty(name);
        var golden = new GoldenLogits(Ints(model.GetProperty("argmax")), [.. model.GetProperty("last").EnumerateArray().Select(x => x.GetSingle())]);

        using IDevice device = reference ? new ReferenceDevice() : new CpuDevice(new CpuDeviceOptions { Threads = 2 });
        using var language = LanguageModel.Load(TestPaths.Fixture("tiny", name), device);
        using var context = new InferenceContext(language, device, new ContextOptions { ContextLength = 128 });
        var run = new PromptRun(ids) { Kept = ids.Length - 1 };
        PromptRun.Run(context, [run], sequences: 1);
        return (golden, run);
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetInt32())];

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));

    private sealed record GoldenLogits(int[] Argmax, float[] Last);
}
