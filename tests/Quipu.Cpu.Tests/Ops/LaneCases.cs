using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Tests.Ops;

/// <summary>A test body that is run with a lane type.</summary>
internal interface ILaneAction
{
    void Run<TLane>() where TLane : struct, ILane<TLane>;
}

/// <summary>The lane types of a theory.</summary>
public enum LaneCase
{
    Lane1,
    Lane128,
    Lane256,
    Lane512,
}

/// <summary>Runs tests with every lane type that this process can run.</summary>
internal static unsafe class LaneCases
{
    public static TheoryData<LaneCase> All
    {
        get
        {
            // Four lanes are portable: tested everywhere, used on Arm64.
            var cases = new TheoryData<LaneCase> { LaneCase.Lane1, LaneCase.Lane128 };
            if (InstructionSets.IsSupported(InstructionSet.Avx2))
                cases.Add(LaneCase.Lane256);
            if (InstructionSets.IsSupported(InstructionSet.Avx512))
                cases.Add(LaneCase.Lane512);
            return cases;
        }
    }

    public static void Run(this LaneCase lane, ILaneAction action)
    {
        switch (lane)
        {
            case LaneCase.Lane1: action.Run<Lane1>(); break;
            case LaneCase.Lane128: action.Run<Lane128>(); break;
            case LaneCase.Lane256: action.Run<Lane256>(); break;
            case LaneCase.Lane512: action.Run<Lane512>(); break;
            default: throw new ArgumentOutOfRangeException(nameof(lane));
        }
    }

    /// <summary>Applies a function lane by lane; the length must be a multiple of 16.</summary>
    public static float[] Map<TLane>(float[] source, Func<TLane, TLane> function) where TLane : struct, ILane<TLane>
    {
        var result = new float[source.Length];
        fixed (float* from = source)
        fixed (float* to = result)
            for (int i = 0; i < source.Length; i += TLane.Count)
                TLane.Store(function(TLane.Load(from + i)), to + i);
        return result;
    }
}
