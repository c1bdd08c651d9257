using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Ops;

/// <summary>
/// Operations that treat every element alike. A rest that does not fill a register goes through one too, so that an element's
/// result does not depend on where it lies or how the work was divided.
/// </summary>
internal static unsafe class Elementwise
{
    private const float SqrtTwoOverPi = 0.7978845608028654f;
    private const float GeluCubic = 0.044715f;

    private interface IOperation
    {
        static abstract TLane Apply<TLane>(TLane target, TLane other) where TLane : struct, ILane<TLane>;
    }

    /// <summary>residual += input.</summary>
    public static void Add<TLane>(float* input, long count, float* residual) where TLane : struct, ILane<TLane> =>
        Run<TLane, Addition>(residual, input, count);

    /// <summary>gate = gelu_tanh(gate) · up, where gelu_tanh(x) = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).</summary>
    public static void GeluMul<TLane>(float* gate, float* up, long count) where TLane : struct, ILane<TLane> =>
        Run<TLane, GeluProduct>(gate, up, count);

    /// <summary>gate = silu(gate) · up, where silu(x) = x / (1 + e^−x).</summary>
    public static void SiluMul<TLane>(float* gate, float* up, long count) where TLane : struct, ILane<TLane> =>
        Run<TLane, SiluProduct>(gate, up, count);

    /// <summary>The largest |x|; of NaN nothing is promised.</summary>
    public static float LargestMagnitude<TLane>(float* x, long count) where TLane : struct, ILane<TLane>
    {
        TLane largest = TLane.Zero;
        long i = 0;
        for (; i <= count - TLane.Count; i += TLane.Count)
        {
            TLane value = TLane.Load(x + i);
            largest = TLane.Max(largest, TLane.Max(value, TLane.Zero - value));
        }

        float most = TLane.MaxLane(largest);
        for (; i < count; i++)
            most = Math.Max(most, Math.Abs(x[i]));
        return most;
    }

    private static void Run<TLane, TOperation>(float* target, float* other, long count)
        where TLane : struct, ILane<TLane>
        where TOperation : struct, IOperation
    {
        long i = 0;
        for (; i <= count - TLane.Count; i += TLane.Count)
            TLane.Store(TOperation.Apply(TLane.Load(target + i), TLane.Load(other + i)), target + i);
        if (i < count)
            RunRest<TLane, TOperation>(target + i, other + i, (int)(count - i));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunRest<TLane, TOperation>(float* target, float* other, int count)
        where TLane : struct, ILane<TLane>
        where TOperation : struct, IOperation
    {
        float* targets = stackalloc float[TLane.Count];
        float* others = stackalloc float[TLane.Count];
        for (int i = 0; i < TLane.Count; i++)
        {
            targets[i] = i < count ? target[i] : 0;
            others[i] = i < count ? other[i] : 0;
        }
        TLane.Store(TOperation.Apply(TLane.Load(targets), TLane.Load(others)), targets);
        for (int i = 0; i < count; i++)
            target[i] = targets[i];
    }

    private readonly struct Addition : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Apply<TLane>(TLane target, TLane other) where TLane : struct, ILane<TLane> => target + other;
    }

    private readonly struct GeluProduct : IOperation
    {
        // (1 + tanh u) / 2 = 1 / (1 + e^−2u): the same function, without tanh's cancellation near −1.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Apply<TLane>(TLane target, TLane other) where TLane : struct, ILane<TLane>
        {
            TLane cubic = TLane.MultiplyAdd(target * target, TLane.Broadcast(GeluCubic), TLane.Broadcast(1f));
            TLane twice = target * TLane.Broadcast(2 * SqrtTwoOverPi) * cubic;
            return target * LaneMath.Sigmoid(twice) * other;
        }
    }

    private readonly struct SiluProduct : IOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Apply<TLane>(TLane target, TLane other) where TLane : struct, ILane<TLane> =>
            target * LaneMath.Sigmoid(target) * other;
    }
}
