using Quipu.Cpu;
using Quipu.Models;
using Quipu.Testing;

namespace Quipu.Engine.Tests;

/// <summary>The two-layer Gemma 3 (window 32) with a context over it.</summary>
public sealed class TinyModel : IDisposable
{
    public TinyModel(ContextOptions options, int threads = 1, string type = "Q4_0")
    {
        Device = new CpuDevice(new CpuDeviceOptions { Threads = threads });
        Language = LanguageModel.Load(TestPaths.Fixture("tiny", $"tiny2l-{type}.gguf"), Device);
        Context = new InferenceContext(Language, Device, options);
    }

    public CpuDevice Device { get; }

    public LanguageModel Language { get; }

    public InferenceContext Context { get; }

    /// <summary>A text of random tokens.</summary>
    public static int[] Text(int length, int seed = 1)
    {
        var random = new Random(seed);
        return [2, .. Enumerable.Range(1, length - 1).Select(_ => random.Next(300, 1000))];
    }

    /// <summary>Appends tokens to a sequence in passes of a given size and returns the last logits.</summary>
    public float[] Append(Sequence sequence, ReadOnlyMemory<int> tokens, int pass = 64)
    {
        for (int done = 0; done < tokens.Length; done += pass)
            Context.Forward([new SequenceRun(sequence, tokens.Slice(done, Math.Min(pass, tokens.Length - done)), LogitsWanted.Last)]);
        return Logits(0);
    }

    /// <summary>Logits of a row that asked in the last pass.</summary>
    public float[] Logits(int index)
    {
        float[] logits = new float[Language.Model.Shape.VocabularySize];
        Context.ReadLogits(index, logits);
        return logits;
    }

    public void Dispose()
    {
        Context.Dispose();
        Language.Dispose();
        Device.Dispose();
    }
}
