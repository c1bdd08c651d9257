using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Quipu.Tensors;

namespace Quipu.Cpu.Limits;

/// <summary>How fast the threads of a pool read memory: every byte once, in order, with nothing computed but an OR.</summary>
internal static unsafe class ReadProbe
{
    // One task reads about this much: small beside a model, large beside the cost of a task.
    private const long TaskBytes = 512 * 1024;
    private const int Passes = 4;

    /// <summary>Bytes per second, the best of some passes over the matrices.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="views">What is read; must stay mapped.</param>
    public static double Measure(ComputePool pool, IReadOnlyList<TensorView> views)
    {
        var pieces = Pieces(views);
        long bytes = 0;
        foreach (Piece piece in pieces) bytes += piece.Bytes;
        if (bytes == 0) return 0;
        double best = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            var context = new Context { Pieces = (Piece*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pieces)) };
            long start = Stopwatch.GetTimestamp();
            pool.Run(&ReadTask, &context, pieces.Length);
            best = Math.Max(best, bytes / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    private static Piece[] Pieces(IReadOnlyList<TensorView> views)
    {
        List<Piece> pieces = [];
        foreach (TensorView view in views)
        {
            long left = view.ByteLength;
            for (var data = (byte*)view.Data; left > 0; data += TaskBytes, left -= TaskBytes)
                pieces.Add(new Piece(data, Math.Min(left, TaskBytes)));
        }
        Piece[] pinned = GC.AllocateUninitializedArray<Piece>(pieces.Count, pinned: true);
        pieces.CopyTo(pinned);
        return pinned;
    }

    private static void ReadTask(void* context, int task, int worker)
    {
        var c = (Context*)context;
        ulong seen = Read(c->Pieces[task].Data, c->Pieces[task].Bytes);
        // Whoever stores what was read cannot leave out the reading. That threads overwrite each other's does not matter.
        c->Sink = seen;
    }

    // Four streams at once keep more lines in flight than one: 19 against 14 GB/s with one thread on a Zen 3.
    private static ulong Read(byte* data, long bytes)
    {
        int width = Vector<byte>.Count;
        long part = bytes / 4 / (4 * width) * (4 * width);
        byte* second = data + part, third = second + part, fourth = third + part;
        Vector<byte> a = default, b = default, c = default, d = default;
        for (long i = 0; i < part; i += 4 * width)
        {
            a |= Step(data + i, width);
            b |= Step(second + i, width);
            c |= Step(third + i, width);
            d |= Step(fourth + i, width);
        }
        ulong seen = Vector.AsVectorUInt64(a | b | c | d)[0];
        for (long i = 4 * part; i < bytes; i++) seen |= data[i];
        return seen;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<byte> Step(byte* data, int width) =>
        Vector.Load(data) | Vector.Load(data + width) | Vector.Load(data + (2 * width)) | Vector.Load(data + (3 * width));

    private readonly struct Piece(byte* data, long bytes)
    {
        public readonly byte* Data = data;
        public readonly long Bytes = bytes;
    }

    private struct Context
    {
        public Piece* Pieces;
        public ulong Sink;
    }
}
