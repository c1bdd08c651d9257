using System.Runtime.InteropServices;
using Quipu.Cpu.Lanes;
using Quipu.Cpu.Ops;
using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Ops;

/// <summary>A cache whose memory starts with huge numbers, so that using what was never written shows.</summary>
internal sealed unsafe class CacheFixture : IDisposable
{
    private readonly NativeArray<byte> _keys;
    private readonly NativeArray<byte> _values;

    public CacheFixture(CacheShape shape)
    {
        Layout = new KeyValueLayout(shape);
        _keys = new NativeArray<byte>(Layout.KeyBytes);
        _values = new NativeArray<byte>(Layout.ValueBytes);
        // 0x7bff is the largest finite half: not NaN, because the cheap load would make a number of it.
        MemoryMarshal.Cast<byte, ushort>(_keys.Span).Fill(0x7bff);
        MemoryMarshal.Cast<byte, ushort>(_values.Span).Fill(0x7bff);
    }

    public KeyValueLayout Layout { get; }

    public byte* Keys => _keys.Pointer;

    public byte* Values => _values.Pointer;

    public void Store<TLane>(ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int firstPosition, ReadOnlySpan<int> blocks)
        where TLane : struct, ILane<TLane>
    {
        int rows = keys.Length / (Layout.Shape.KvHeads * Layout.Shape.HeadDim);
        fixed (float* key = keys)
        fixed (float* value = values)
            KeyValueStore.Store<TLane>(key, value, rows, firstPosition, blocks, Layout, Keys, Values);
    }

    public float Key(int block, int offset, int head, int element) =>
        HalfBits.ToSingle(((ushort*)Layout.KeyBlock(Keys, block, head))[(element * Layout.PositionStride) + offset]);

    public float Value(int block, int offset, int head, int element) =>
        HalfBits.ToSingle(((ushort*)Layout.ValueBlock(Values, block, head))[(offset * Layout.Shape.HeadDim) + element]);

    /// <summary>Attention through the plan, items in the order given, as threads might take them.</summary>
    public float[] Attend<TLane>(
        float[] queries, int heads, ReadOnlySpan<AttentionSegment> segments, float scale, int window,
        int workers = 1, bool backwards = false)
        where TLane : struct, ILane<TLane>
    {
        using var input = new NativeArray<float>(queries);
        using var output = new NativeArray<float>(queries.Length);
        using var scratch = new NativeArray<float>(AttentionPlan.ScratchBytes(Layout.Shape, heads) / sizeof(float));
        using var plan = new AttentionPlan();
        output.Span.Fill(float.NaN);
        scratch.Span.Fill(float.NaN);
        var call = new AttentionCall
        {
            Queries = input.Pointer,
            Output = output.Pointer,
            Keys = Keys,
            Values = Values,
            Layout = Layout,
            Heads = heads,
            Scale = scale,
            Window = window,
        };
        plan.Prepare(call, segments, workers);
        for (int i = 0; i < plan.ItemCount; i++)
            plan.Run<TLane>(backwards ? plan.ItemCount - 1 - i : i, scratch.Pointer);
        for (int i = 0; i < plan.MergeCount; i++)
            plan.Merge<TLane>(i, scratch.Pointer);
        return output.Span.ToArray();
    }

    public void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }
}
