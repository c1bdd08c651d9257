using Quipu.Engine.Grammars.Syntax;
using static Quipu.Engine.Grammars.Syntax.GrammarNode;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>The formats of strings that are kept to; others are remarks, as the standard has it.</summary>
internal static class Formats
{
    /// <summary>The content of a string of a format; null where the format is a remark.</summary>
    public static GrammarNode? Content(string format) => format switch
    {
        "date" => Date(),
        "time" => Time(),
        "date-time" => Sequence(Date(), Literal("T"), Time()),
        "uuid" => Sequence(Hex(8), Literal("-"), Hex(4), Literal("-"), Hex(4), Literal("-"), Hex(4), Literal("-"), Hex(12)),
        "ipv4" => Sequence(Byte(), Literal("."), Byte(), Literal("."), Byte(), Literal("."), Byte()),
        _ => null,
    };

    private static GrammarNode Date() => Choice(
        Sequence(Year(), Literal("-"), Choice(
            Sequence(OneOf("01", "03", "05", "07", "08", "10", "12"), Literal("-"), Day("31")),
            Sequence(OneOf("04", "06", "09", "11"), Literal("-"), Day("30")),
            Sequence(Literal("02-"), Day("28")))),
        Sequence(LeapYear(), Literal("-02-29")));

    /// <summary>0001 to 9999: there is no year 0.</summary>
    private static GrammarNode Year() => Choice(
        Sequence(Set("19"), Digits(3)),
        Sequence(Literal("0"), Set("19"), Digits(2)),
        Sequence(Literal("00"), Set("19"), Digits(1)),
        Sequence(Literal("000"), Set("19")));

    private static GrammarNode LeapYear()
    {
        // A number of two digits that four divides, but 00.
        GrammarNode Fourth() => Choice(
            Sequence(Literal("0"), OneOf("4", "8")),
            Sequence(OneOf("2", "4", "6", "8"), OneOf("0", "4", "8")),
            Sequence(OneOf("1", "3", "5", "7", "9"), OneOf("2", "6")));
        return Choice(Sequence(Digits(2), Fourth()), Sequence(Fourth(), Literal("00")));
    }

    private static GrammarNode Day(string last) => last switch
    {
        "28" => Choice(Sequence(Literal("0"), Set("19")), Sequence(Literal("1"), Set("09")), Sequence(Literal("2"), Set("08"))),
        "30" => Choice(Sequence(Literal("0"), Set("19")), Sequence(Set("12"), Set("09")), Literal("30")),
        _ => Choice(Sequence(Literal("0"), Set("19")), Sequence(Set("12"), Set("09")), Sequence(Literal("3"), Set("01"))),
    };

    private static GrammarNode Time() => Sequence(
        Hour(), Literal(":"), Sixty(), Literal(":"), Sixty(),
        Optional(Sequence(Literal("."), Repeat(JsonPieces.Digit, 1, 6))),
        Choice(Literal("Z"), Sequence(Class(CharSet.OfText("+-")), Hour(), Literal(":"), Sixty())));

    private static GrammarNode Hour() => Choice(Sequence(Set("01"), Set("09")), Sequence(Literal("2"), Set("03")));

    private static GrammarNode Sixty() => Sequence(Set("05"), Set("09"));

    private static GrammarNode Byte() => Choice(
        JsonPieces.Digit, Sequence(Set("19"), Set("09")), Sequence(Literal("1"), Digits(2)),
        Sequence(Literal("2"), Set("04"), Set("09")), Sequence(Literal("25"), Set("05")));

    private static GrammarNode Hex(int count) => Repeat(Class(CharSet.OfText("0123456789abcdefABCDEF")), count, count);

    private static GrammarNode Digits(int count) => Repeat(JsonPieces.Digit, count, count);

    private static GrammarNode OneOf(params string[] texts) => Choice(texts.Select(Literal));

    /// <summary>From the first character to the second.</summary>
    private static GrammarNode Set(string range) => Class(CharSet.Of((range[0], range[1])));
}
