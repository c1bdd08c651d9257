using Quipu.Templates.Runtime;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>The methods of integers and floats.</summary>
internal static class NumberMethods
{
    public static readonly Dictionary<string, NativeFunction> OfInteger = new()
    {
        ["bit_length"] = new(call => IntValue.Of(Magnitude(call).IsZero ? 0 : Magnitude(call).GetBitLength())),
        ["bit_count"] = new(call => IntValue.Of(Magnitude(call).ToByteArray().Sum(b => BitOperations.PopCount(b)))),
        ["conjugate"] = new(call => call.Self),
        ["as_integer_ratio"] = new(call => new TupleValue(call.Self, IntValue.Of(1))),
    };

    public static readonly Dictionary<string, NativeFunction> OfFloat = new()
    {
        ["is_integer"] = new(call => BoolValue.Of(double.IsInteger(((FloatValue)call.Self).Value))),
        ["conjugate"] = new(call => call.Self),
    };

    private static BigInteger Magnitude(NativeCall call) => BigInteger.Abs(((IntValue)call.Self).Value);
}
