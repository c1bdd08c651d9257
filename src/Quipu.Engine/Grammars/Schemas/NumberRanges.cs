using System.Globalization;
using System.Numerics;
using Quipu.Engine.Grammars.Syntax;
using static Quipu.Engine.Grammars.Syntax.GrammarNode;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>Numbers between bounds, digit by digit, exactly: in a range no exponent is written.</summary>
internal static class NumberRanges
{
    // A double tells decimals of so many digits apart: with more, a number just below an excluded bound would be read as the bound.
    private const int Precision = 15;

    /// <summary>Integers from one bound to another; null: no bound.</summary>
    public static GrammarNode Integers(NumberBound? low, NumberBound? high)
    {
        var least = low?.Ceiling();
        var most = high?.FloorWithin();
        List<GrammarNode> ways = [];
        if (least is null || least < 0)
            ways.Add(Sequence(Literal("-"), Naturals(BigInteger.Max(1, -(most ?? -1)), -least)));
        if (most is null || most >= 0)
            ways.Add(Naturals(BigInteger.Max(0, least ?? 0), most));
        return Choice(ways);
    }

    /// <summary>Numbers from one bound to another; null: no bound.</summary>
    public static GrammarNode Numbers(NumberBound? low, NumberBound? high)
    {
        List<GrammarNode> ways = [];
        if (low is null || low.Value.Unscaled.Sign < 0)
        {
            // Zero itself is written without a sign.
            var above = high is { } top && top.Unscaled.Sign < 0 ? top.Negate() : NumberBound.Zero with { Exclusive = true };
            ways.Add(Sequence(Literal("-"), Positive(above, low?.Negate())));
        }
        if (high is null || high.Value.Unscaled.Sign > 0 || high.Value is { Unscaled.IsZero: true, Exclusive: false })
            ways.Add(Positive(low is { } bottom && bottom.Unscaled.Sign >= 0 ? bottom : NumberBound.Zero, high));
        return Choice(ways);
    }

    /// <summary>Natural numbers.</summary>
    private static GrammarNode Naturals(BigInteger low, BigInteger? high)
    {
        if (high < low)
            return Never;
        List<GrammarNode> ways = [];
        int digits = Text(low).Length;
        int longest = high is { } top ? Text(top).Length : digits;
        for (int length = digits; length <= longest; length++)
        {
            var first = length == 1 ? BigInteger.Zero : BigInteger.Pow(10, length - 1);
            var last = BigInteger.Pow(10, length) - 1;
            ways.Add(SameLength(Text(BigInteger.Max(low, first)), Text(high is { } most ? BigInteger.Min(most, last) : last)));
        }
        if (high is null)
            ways.Add(Sequence(DigitFrom('1', '9'), Repeat(JsonPieces.Digit, digits, Math.Max(digits, Precision))));
        return Choice(ways);
    }

    private static GrammarNode SameLength(string low, string high)
    {
        int shared = low.AsSpan().CommonPrefixLength(high);
        if (shared == low.Length)
            return Literal(low);
        string restLow = low[(shared + 1)..], restHigh = high[(shared + 1)..];
        var middle = DigitFrom((char)(low[shared] + 1), (char)(high[shared] - 1));
        return Sequence(Literal(low[..shared]), Choice(
            Sequence(Literal(low[shared..(shared + 1)]), SameLength(restLow, new string('9', restLow.Length))),
            Sequence(middle, Repeat(JsonPieces.Digit, restLow.Length, restLow.Length)),
            Sequence(Literal(high[shared..(shared + 1)]), SameLength(new string('0', restHigh.Length), restHigh))));
    }

    private static GrammarNode DigitFrom(char low, char high) => low <= high ? Class(CharSet.Of((low, high))) : Never;

    private static GrammarNode Positive(NumberBound low, NumberBound? high)
    {
        var (lowWhole, lowFraction) = low.Split();
        if (high is not { } bound)
        {
            return Choice(
                Sequence(Literal(Text(lowWhole)), Fraction(lowFraction, low.Exclusive, null, false, lowWhole)),
                Sequence(Naturals(lowWhole + 1, null), Fraction(null, false, null, false, lowWhole)));
        }
        if (bound.CompareTo(low) < 0)
            return Never;
        var (highWhole, highFraction) = bound.Split();
        if (lowWhole == highWhole)
            return Sequence(Literal(Text(lowWhole)), Fraction(lowFraction, low.Exclusive, highFraction, bound.Exclusive, highWhole));
        return Choice(
            Sequence(Literal(Text(lowWhole)), Fraction(lowFraction, low.Exclusive, null, false, highWhole)),
            Sequence(Naturals(lowWhole + 1, highWhole - 1), Fraction(null, false, null, false, highWhole)),
            Sequence(Literal(Text(highWhole)), Fraction(null, false, highFraction, bound.Exclusive, highWhole)));
    }

    /// <summary>What follows the whole part: nothing, or a point and digits, between bounds.</summary>
    private static GrammarNode Fraction(string? low, bool lowExclusive, string? high, bool highExclusive, BigInteger whole)
    {
        int digits = Math.Max(Math.Max(low?.Length ?? 0, high?.Length ?? 0) + 1, Math.Max(1, Precision - Text(whole).Length));
        var bounds = new Bounds(low, lowExclusive, high, highExclusive).Simplify();
        var some = Sequence(Literal("."), Digits(bounds, digits, atLeastOne: true));
        return bounds.AllowsEnd ? Optional(some) : some;
    }

    private static GrammarNode Digits(Bounds bounds, int most, bool atLeastOne)
    {
        if (bounds is { Low: null, High: null })
            return Repeat(JsonPieces.Digit, atLeastOne ? 1 : 0, most);
        List<GrammarNode> ways = [];
        if (!atLeastOne && bounds.AllowsEnd)
            ways.Add(Empty);
        if (most > 0)
        {
            var digits = Enumerable.Range('0', 10).Select(digit => (Digit: digit, Next: bounds.After((char)digit)));
            foreach (var group in digits.Where(pair => pair.Next is not null).GroupBy(pair => pair.Next!.Value))
            {
                var set = CharSet.Of(group.Select(pair => (pair.Digit, pair.Digit)));
                ways.Add(Sequence(Class(set), Digits(group.Key, most - 1, atLeastOne: false)));
            }
        }
        return Choice(ways);
    }

    private static string Text(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Bounds of the digits to come; null: none.</summary>
    private readonly record struct Bounds(string? Low, bool LowExclusive, string? High, bool HighExclusive)
    {
        /// <summary>Whether no digit may come.</summary>
        public bool AllowsEnd => (Low is null || (IsZero(Low) && !LowExclusive)) && (High is null || !IsZero(High) || !HighExclusive);

        /// <summary>Without a lower bound that everything is above.</summary>
        public Bounds Simplify() => Low is not null && IsZero(Low) && !LowExclusive ? this with { Low = null, LowExclusive = false } : this;

        /// <summary>The bounds of what follows a digit; null where the digit is outside.</summary>
        public Bounds? After(char digit)
        {
            var next = this;
            if (Low is not null)
            {
                char bound = Low.Length > 0 ? Low[0] : '0';
                if (digit < bound)
                    return null;
                next = digit > bound
                    ? next with { Low = null, LowExclusive = false }
                    : next with { Low = Low.Length > 0 ? Low[1..] : "" };
            }
            if (High is not null)
            {
                char bound = High.Length > 0 ? High[0] : '0';
                if (digit > bound)
                    return null;
                next = digit < bound
                    ? next with { High = null, HighExclusive = false }
                    : next with { High = High.Length > 0 ? High[1..] : "" };
            }
            next = next.Simplify();
            bool hopeless = next is { High: not null, HighExclusive: true } && IsZero(next.High);
            return hopeless ? null : next;
        }

        private static bool IsZero(string digits) => digits.AsSpan().IndexOfAnyExcept('0') < 0;
    }
}
