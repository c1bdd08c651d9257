using System.Numerics;

namespace Quipu.Cpu.Reference;

/// <summary>
/// The matrix product of the reference device, in F32 over decoded weights. Tiled, because an exact check of a model is 2 · 10^12
/// operations that shall take half a minute; it shares nothing with the fast kernels.
/// </summary>
/// <remarks>
/// Four activation rows at a time are multiplied with two vectors of weight rows (<see cref="ReferenceWeight.Tile"/>): each lane is the
/// plain sum of one output element. A sum is taken over <see cref="Chunk"/> products, and the chunks' sums are added: its rounding error
/// grows with Chunk + n / Chunk additions (96 for a row of 2 048) and not with n.
/// </remarks>
internal static unsafe class ReferenceMatMul
{
    private const int Step = 4;
    private const int Chunk = 64;

    /// <summary>output[i] = weight · input[i] + bias for the first <paramref name="rows"/> rows.</summary>
    public static void Multiply(ReferenceBuffer input, int rows, ReferenceWeight weight, float[]? bias, ReferenceBuffer output) =>
        Parallel.For(0, weight.Tiles, tile =>
        {
            int columns = weight.View.Columns, lanes = ReferenceWeight.Lanes, first = tile * ReferenceWeight.TileRows;
            int end = Math.Min(weight.View.Rows, first + ReferenceWeight.TileRows);
            float[] elements = weight.Tile(tile);
            Span<float> sums = stackalloc float[Step * lanes];
            for (int i = 0; i < rows; i += Step)
                for (int o = first; o < end; o += lanes)
                {
                    MultiplyStep(input, i, rows, elements.AsSpan((o - first) * columns, lanes * columns), sums);
                    for (int k = 0; k < Math.Min(Step, rows - i); k++)
                        Store(sums.Slice(k * lanes, Math.Min(lanes, end - o)), bias, o, output.Row(i + k));
                }
        });

    // Four rows of activations from row i on with one panel: sums [Step, lanes]. Beyond the last row, the last is taken again.
    private static void MultiplyStep(ReferenceBuffer input, int i, int rows, ReadOnlySpan<float> panel, Span<float> sums)
    {
        int columns = input.Columns, last = rows - 1;
        sums.Clear();
        fixed (float* a = input.Row(i), b = input.Row(Math.Min(i + 1, last)))
        fixed (float* c = input.Row(Math.Min(i + 2, last)), d = input.Row(Math.Min(i + 3, last)))
        fixed (float* weights = panel, totals = sums)
            for (int j = 0; j < columns; j += Chunk)
                AddChunk(a, b, c, d, weights, j, Math.Min(columns, j + Chunk), totals);
    }

    private static void AddChunk(float* a, float* b, float* c, float* d, float* weights, int from, int to, float* totals)
    {
        int width = Vector<float>.Count;
        Vector<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        for (int j = from; j < to; j++)
        {
            var left = Vector.Load(weights + (j * 2 * width));
            var right = Vector.Load(weights + (j * 2 * width) + width);
            var x = new Vector<float>(a[j]);
            a0 = Vector.MultiplyAddEstimate(x, left, a0);
            a1 = Vector.MultiplyAddEstimate(x, right, a1);
            x = new Vector<float>(b[j]);
            b0 = Vector.MultiplyAddEstimate(x, left, b0);
            b1 = Vector.MultiplyAddEstimate(x, right, b1);
            x = new Vector<float>(c[j]);
            c0 = Vector.MultiplyAddEstimate(x, left, c0);
            c1 = Vector.MultiplyAddEstimate(x, right, c1);
            x = new Vector<float>(d[j]);
            d0 = Vector.MultiplyAddEstimate(x, left, d0);
            d1 = Vector.MultiplyAddEstimate(x, right, d1);
        }

        Add(totals, 0, a0, a1);
        Add(totals, 1, b0, b1);
        Add(totals, 2, c0, c1);
        Add(totals, 3, d0, d1);
    }

    private static void Add(float* totals, int row, Vector<float> left, Vector<float> right)
    {
        float* at = totals + (row * ReferenceWeight.Lanes);
        (Vector.Load(at) + left).Store(at);
        (Vector.Load(at + Vector<float>.Count) + right).Store(at + Vector<float>.Count);
    }

    private static void Store(ReadOnlySpan<float> sums, float[]? bias, int first, Span<float> output)
    {
        for (int lane = 0; lane < sums.Length; lane++)
            output[first + lane] = bias is null ? sums[lane] : sums[lane] + bias[first + lane];
    }
}
