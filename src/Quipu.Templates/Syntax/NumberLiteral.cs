using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.Syntax;

/// <summary>The values of number tokens.</summary>
internal static class NumberLiteral
{
    public static IntValue ParseInteger(Token token)
    {
        string text = token.Text;
        int radix = text.Length < 2 ? 10 : text[1] switch { 'b' or 'B' => 2, 'o' or 'O' => 8, 'x' or 'X' => 16, _ => 10 };
        ReadOnlySpan<char> digits = radix == 10 ? text : text.AsSpan(2);
        return IntegerText.TryParse(digits, radix, out BigInteger value)
            ? IntValue.Of(value)
            : throw new TemplateException(
                $"the number has {digits.Length} digits; {IntegerText.MaxDigits} are the most", TemplateErrorKind.Syntax, token.Position);
    }

    public static FloatValue ParseFloat(Token token) =>
        new(double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture));
}
