namespace Quipu.Cpu.Tests.Reduced;

/// <summary>Proves that the switches of the child processes take effect: without this, a renamed switch would test the same path thrice.</summary>
public sealed class SwitchTests
{
    [Fact]
    public void What_is_switched_off_is_not_supported()
    {
        if (IsOff("EnableAVX512")) Assert.False(InstructionSets.IsSupported(InstructionSet.Avx512));
        if (IsOff("EnableAVX2")) Assert.False(InstructionSets.IsSupported(InstructionSet.Avx2));
        if (IsOff("EnableHWIntrinsic")) Assert.Equal([InstructionSet.Scalar], InstructionSets.Supported);
        Assert.Contains(InstructionSet.Scalar, InstructionSets.Supported);
    }

    private static bool IsOff(string name) => Environment.GetEnvironmentVariable($"DOTNET_{name}") == "0";
}
