namespace Quipu.Engine.Sampling;

/// <summary>
/// A candidate as one number whose ascending order is "best first": the logit's bits, turned so that greater floats
/// are smaller integers, above the token's id.
/// </summary>
internal static class CandidateKey
{
    public static ulong Of(float logit, int id)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f); // −0 becomes 0: they are equal
        uint descending = (int)bits < 0 ? bits : ~bits & 0x7fffffff;
        return (ulong)descending << 32 | (uint)id;
    }

    public static int Id(ulong key) => (int)(uint)key;

    public static float Logit(ulong key)
    {
        uint descending = (uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle((int)descending < 0 ? descending : ~descending & 0x7fffffff);
    }
}
