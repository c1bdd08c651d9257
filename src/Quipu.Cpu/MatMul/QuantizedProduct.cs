using System.Runtime.Intrinsics;
using Quipu.Cpu.Expand;
using Quipu.Cpu.Memory;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// A tile of quantized weight rows times all activation rows. Columns are taken in strips, so that the tile's expanded weights stay in the first-level
/// cache while the activations pass by once; sums wait in the output for the next strip.
/// </summary>
internal unsafe struct QuantizedProduct
{
    /// <summary>The most weight rows of a tile: with strips of 640 columns, 25 KiB of panels.</summary>
    public const int MaxRows = 32;

    /// <summary>
    /// The most rows of activations for which a panel is not worth its making: 8 weight rows take as long to expand as to multiply with 8 of these.
    /// </summary>
    public const int FewRows = 16;

    // A strip's expanded weights and the activations that pass by are to fit the first-level cache: a whole tile, or one panel with few rows.
    private const int LongestStrip = 640, LongestStripOfFewRows = 1024;

    /// <summary>The weights of the tile, 1 … <see cref="MaxRows"/> rows.</summary>
    public WeightRows Weights;

    /// <summary>The kernels of the weights.</summary>
    public PanelKernels Kernels;

    /// <summary>The activations.</summary>
    public ActivationRows Activations;

    /// <summary>[Activations.Rows, OutputStride]: element (i, j) is the product of activation row i and weight row j.</summary>
    public float* Output;

    /// <summary>Floats from an activation row's outputs to the next's.</summary>
    public int OutputStride;

    /// <summary>Memory of <see cref="ScratchBytes"/>.</summary>
    public byte* Scratch;

    // [panels]: where the tile's panels lie, for the strip at hand.
    private WeightPanel* _panels;
    // [4, MaxRows]: the sums of the rows after the last four.
    private float* _lastRows;
    // [rows, lanes]: the sums of the lanes after the last whole panel.
    private float* _lastLanes;

    /// <summary>Scratch that a tile needs: its panels, and sums of what is not four rows or not a whole panel; or what a few rows need instead.</summary>
    public static long ScratchBytes(int activationRows, int lanes)
    {
        long panels = MaxRows / lanes * PanelBytes(lanes), last = sizeof(float) * ((ActivationRows.Four * MaxRows) + ((activationRows + 3L) / 4 * 4 * lanes));
        return Math.Max(panels + last, (sizeof(float) * FewRows * Lanes8.Count) + RowProduct.ScratchBytes(FewRows));
    }

    private readonly int Lanes => Weights.Lanes;

    /// <summary>Computes the product.</summary>
    public void Multiply()
    {
        bool few = Activations.Rows <= FewRows;
        if (few && Activations.Interleave == ActivationRows.Four && Weights.Expander.MultiplyFew != null) MultiplyFew();
        else MultiplyPanels(few);
    }

    // Neighbours at a time, while those that come next are prefetched.
    private readonly void MultiplyFew()
    {
        PanelExpander expander = Weights.Expander;
        int lanes = expander.RowsAtOnce, stored = Activations.StoredRows;
        float* sums = (float*)Scratch;
        RowProduct product = new()
        {
            Activations = Activations.First(0),
            Rows = stored,
            Columns = Activations.Columns,
            Sums = sums,
            Scratch = Scratch + (stored * lanes * sizeof(float)),
        };
        for (int lane = 0; lane < Weights.Count; lane += lanes)
        {
            byte* rows = Weights.From(lane, lanes);
            expander.MultiplyFew(rows, Weights.RowBytes, rows + (lanes * Weights.RowBytes), &product);
            for (int row = 0; row < Activations.Rows; row++) Copy(sums + (row * lanes), row, lane, Math.Min(lanes, Weights.Count - lane));
        }
    }

    private void MultiplyPanels(bool few)
    {
        int panels = (Weights.Count + Lanes - 1) / Lanes;
        WeightPanel* memory = stackalloc WeightPanel[panels];
        _panels = memory;
        _lastRows = (float*)(Scratch + (MaxRows / Lanes * PanelBytes(Lanes)));
        _lastLanes = _lastRows + (ActivationRows.Four * MaxRows);
        // Weights are read in their order where reading them is what takes the time.
        int panelsAtOnce = few ? 1 : panels, strip = StripColumns(few ? LongestStripOfFewRows : LongestStrip);
        long stripBytes = (long)(strip / Weights.Expander.BlockLength) * Weights.Expander.BlockBytes;
        for (int panel = 0; panel < panels; panel += panelsAtOnce)
        {
            byte* data = Weights.Data + (panel * Lanes * Weights.RowBytes);
            long offset = 0;
            for (int column = 0; column < Activations.Columns; column += strip, offset += stripBytes)
            {
                Fill(panel, panel + panelsAtOnce, offset, Math.Min(strip, Activations.Columns - column));
                byte* next = column + strip < Activations.Columns ? data + offset + stripBytes : data + (panelsAtOnce * Lanes * Weights.RowBytes);
                MultiplyStrip(panel, panel + panelsAtOnce, column, next, stripBytes);
            }
        }

        CopyLast();
    }

    private static int PanelBytes(int lanes) => WeightPanel.Bytes(LongestStripOfFewRows, lanes);

    // Strips of one length, as a short last one costs as many calls as a long one; whole blocks, so up to three super-blocks where 640 are the most.
    private readonly int StripColumns(int longest)
    {
        int strips = (Activations.Columns + longest - 1) / longest, columns = (Activations.Columns + strips - 1) / strips;
        return (columns + Weights.Expander.BlockLength - 1) / Weights.Expander.BlockLength * Weights.Expander.BlockLength;
    }

    private readonly void Fill(int firstPanel, int endPanel, long offset, int columns)
    {
        int bytes = PanelBytes(Lanes);
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            _panels[panel] = new WeightPanel(Scratch + (panel * bytes), columns, Lanes);
            Weights.Expander.Fill(Weights.From(panel * Lanes, Lanes) + offset, Weights.RowBytes, _panels[panel]);
        }
    }

    // Meanwhile the weights that come next are prefetched, some rows with each product: all at once are more than the processor can wait for.
    private readonly void MultiplyStrip(int firstPanel, int endPanel, int column, byte* next, long nextBytes)
    {
        var kernel = Activations.Interleave == 1 ? Kernels.One : Kernels.Four;
        int products = (Activations.Rows + Activations.Interleave - 1) / Activations.Interleave;
        int rowsToCome = (endPanel - firstPanel) * Lanes, rowsEach = (rowsToCome + products - 1) / products;
        PanelProduct product = new() { Activations = Activations.First(column), First = column == 0 };
        for (int row = 0; row < Activations.Rows; row += Activations.Interleave, Activations.Next(ref product.Activations))
        {
            for (int i = Math.Min(rowsEach, rowsToCome); i > 0; i--, rowsToCome--, next += Weights.RowBytes) AlignedMemory.Prefetch(next, nextBytes);
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                int lane = panel * Lanes;
                bool whole = lane + Lanes <= Weights.Count, full = row + Activations.Interleave <= Activations.Rows;
                product.Weights = _panels[panel];
                product.Sums = !whole ? _lastLanes + (row * Lanes) : full ? Output + ((long)row * OutputStride) + lane : _lastRows + lane;
                product.SumStride = !whole ? Lanes : full ? OutputStride : MaxRows;
                kernel(&product);
            }
        }
    }

    // The rows after the last four, and the lanes after the last whole panel.
    private readonly void CopyLast()
    {
        int wholeLanes = Weights.Count / Lanes * Lanes, wholeRows = Activations.Rows / Activations.Interleave * Activations.Interleave;
        for (int row = wholeRows; row < Activations.Rows; row++) Copy(_lastRows + ((row - wholeRows) * MaxRows), row, 0, wholeLanes);
        if (wholeLanes == Weights.Count) return;
        for (int row = 0; row < Activations.Rows; row++) Copy(_lastLanes + (row * Lanes), row, wholeLanes, Weights.Count - wholeLanes);
    }

    private readonly void Copy(float* sums, int row, int lane, int count)
    {
        float* to = Output + ((long)row * OutputStride) + lane;
        // A few rows copy eight at a time, for which the span's call took 5 % of their time.
        if (count == Lanes8.Count) Vector256.Load(sums).Store(to);
        else new ReadOnlySpan<float>(sums, count).CopyTo(new Span<float>(to, count));
    }
}
