namespace Quipu.Templates.Runtime;

/// <summary>Builds a text within a budget.</summary>
internal sealed class TextBuilder(Budget budget)
{
    private readonly StringBuilder _text = new();

    public Budget Budget => budget;

    public int Length => _text.Length;

    public TextBuilder Append(ReadOnlySpan<char> text)
    {
        budget.Grow(_text.Length, text.Length);
        _text.Append(text);
        return this;
    }

    public TextBuilder Append(char character, int count = 1)
    {
        budget.Grow(_text.Length, count);
        _text.Append(character, count);
        return this;
    }

    public TextBuilder Append(Rune rune)
    {
        Span<char> characters = stackalloc char[2];
        return Append(characters[..rune.EncodeToUtf16(characters)]);
    }

    public override string ToString() => _text.ToString();
}
