using System.Numerics;
using System.Runtime.InteropServices;
using Quipu.Models;

namespace Quipu.Engine.Tests.Golden;

/// <summary>What a model says at every position of a text.</summary>
public sealed class PromptRun(int[] ids)
{
    public int[] Ids { get; } = ids;

    /// <summary>[position]</summary>
    public int[] Argmax { get; } = new int[ids.Length];

    /// <summary>Logits at <see cref="Kept"/>.</summary>
    public float[] KeptLogits { get; private set; } = [];

    /// <summary>The position whose logits are kept.</summary>
    public required int Kept { get; init; }

    private double _nll;
    private int _scored;

    /// <summary>Mean −ln p of the tokens up to <see cref="Kept"/>.</summary>
    public double MeanNll => _nll / Math.Max(1, _scored);

    /// <summary>Runs texts through one context, several sequences in a pass.</summary>
    public static void Run(InferenceContext context, IReadOnlyList<PromptRun> runs, int sequences)
    {
        var waiting = new Queue<PromptRun>(runs);
        var active = new List<(PromptRun Run, Sequence Sequence)>();
        float[] logits = new float[context.Model.Model.Shape.VocabularySize];
        while (waiting.Count > 0 || active.Count > 0)
        {
            while (active.Count < sequences && waiting.TryDequeue(out var next))
                active.Add((next, context.CreateSequence()));
            int room = context.MicroBatchSize;
            var pass = new List<(PromptRun Run, int First)>();
            var rows = new List<SequenceRun>();
            foreach (var (run, sequence) in active)
            {
                int count = Math.Min(room, run.Ids.Length - sequence.Length);
                if (count == 0)
                    break;
                pass.Add((run, sequence.Length));
                rows.Add(new SequenceRun(sequence, run.Ids.AsMemory(sequence.Length, count), LogitsWanted.All));
                room -= count;
            }

            context.Forward(CollectionsMarshal.AsSpan(rows));
            int index = 0;
            for (int i = 0; i < pass.Count; i++)
                for (int p = 0; p < rows[i].Tokens.Length; p++)
                {
                    context.ReadLogits(index++, logits);
                    pass[i].Run.Record(pass[i].First + p, logits);
                }

            active.RemoveAll(entry =>
            {
                bool done = entry.Sequence.Length == entry.Run.Ids.Length;
                if (done)
                    entry.Sequence.Dispose();
                return done;
            });
        }
    }

    /// <summary>The ten best at <see cref="Kept"/>, best first.</summary>
    public (int Id, float Logit)[] Top10() =>
        [.. KeptLogits.Select((logit, id) => (Id: id, Logit: logit)).OrderByDescending(entry => entry.Logit).Take(10)];

    // By vectors: the golden prompts of Gemma have three billion logits.
    private void Record(int position, float[] logits)
    {
        float best = Maximum(logits);
        Argmax[position] = logits.AsSpan().IndexOf(best);
        if (position == Kept)
            KeptLogits = [.. logits];
        if (position < Kept)
        {
            _nll += best + Math.Log(SumOfExponentials(logits, best)) - logits[Ids[position + 1]];
            _scored++;
        }
    }

    private static float Maximum(ReadOnlySpan<float> logits)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        var maxima = new Vector<float>(logits[0]);
        foreach (var vector in vectors)
            maxima = Vector.Max(maxima, vector);
        float best = logits[0];
        for (int i = 0; i < Vector<float>.Count; i++)
            best = Math.Max(best, maxima[i]);
        foreach (float logit in logits[(vectors.Length * Vector<float>.Count)..])
            best = Math.Max(best, logit);
        return best;
    }

    // What is left out is at most e^-25 of 262 144 pieces: 4e-6.
    private static double SumOfExponentials(ReadOnlySpan<float> logits, float best)
    {
        int width = Vector<float>.Count;
        var least = new Vector<float>(best - 25);
        double sum = 0;
        for (int i = 0; i < logits.Length; i += width)
        {
            var part = logits[i..Math.Min(i + width, logits.Length)];
            if (part.Length == width && !Vector.GreaterThanAny(new Vector<float>(part), least))
                continue;
            foreach (float logit in part)
                if (logit > best - 25)
                    sum += Math.Exp(logit - best);
        }

        return sum;
    }
}
