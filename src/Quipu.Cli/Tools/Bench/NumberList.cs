using System.Globalization;
using Quipu.Cli.Flags;

namespace Quipu.Cli.Tools.Bench;

/// <summary>Lists of whole numbers as a flag's value: <c>128,512</c>, <c>1-4</c>, <c>64-512*2</c>, <c>0-8192+4096</c>.</summary>
internal static class NumberList
{
    private const int MostNumbers = 256;

    /// <summary>The numbers of a list.</summary>
    /// <param name="text">The value.</param>
    /// <param name="flag">For messages.</param>
    /// <param name="least">The least that is allowed.</param>
    /// <param name="most">The greatest.</param>
    /// <exception cref="UsageException">It is no such list, or a number is out of range.</exception>
    public static IReadOnlyList<int> Parse(string text, string flag, int least, int most)
    {
        List<int> numbers = [];
        foreach (string part in text.Split(','))
            AddPart(numbers, part);
        return numbers;

        void AddPart(List<int> numbers, string part)
        {
            int dash = part.IndexOf('-', StringComparison.Ordinal);
            if (dash <= 0)
            {
                numbers.Add(Number(part));
                return;
            }
            string last = part[(dash + 1)..];
            int sign = last.IndexOfAny(['+', '*']);
            int step = sign < 0 ? 1 : Number(last[(sign + 1)..], 1, int.MaxValue);
            bool multiplies = sign >= 0 && last[sign] == '*';
            int first = Number(part[..dash]), end = Number(sign < 0 ? last : last[..sign]);
            if (multiplies && (step < 2 || first < 1))
                throw new UsageException($"{flag}: '{part}' never ends; a range with * starts at 1 or more and multiplies by 2 or more.");
            for (long number = first; number <= end; number = multiplies ? number * step : number + step)
            {
                if (numbers.Count == MostNumbers)
                    throw new UsageException($"{flag}: '{text}' has more than {MostNumbers} numbers.");
                numbers.Add((int)number);
            }
            if (first > end)
                throw new UsageException($"{flag}: '{part}' is empty: {first} is above {end}.");
        }

        int Number(string digits, int? lowest = null, int? highest = null)
        {
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                throw new UsageException($"{flag} needs whole numbers, such as 512 or 128,512 or 1-4, but '{text}' is none.");
            int from = lowest ?? least, to = highest ?? most;
            return number >= from && number <= to
                ? number
                : throw new UsageException($"{flag} is {number}, but must be {new FlagRange(from, to).Describe()}.");
        }
    }
}
