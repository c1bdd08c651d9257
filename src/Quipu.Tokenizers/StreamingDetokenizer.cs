using System.Text;

namespace Quipu.Tokenizers;

/// <summary>
/// Turns tokens into text as they come. A character that is spread over several tokens is held back until it is whole; bytes that can
/// become no character come out as U+FFFD. All pieces together are what <see cref="Tokenizer.Decode"/> makes of all ids.
/// </summary>
public sealed class StreamingDetokenizer
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _renderSpecial;
    private readonly bool _fromStart;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private char[] _buffer = new char[64];
    private bool _atStart;

    /// <summary>Makes a detokenizer.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="renderSpecial">Whether control tokens are written as their pieces; they are left out otherwise.</param>
    /// <param name="fromStart">
    /// Whether the tokens are a text from its start: then the blank that encoding put before it is left out. An answer goes on after its
    /// prompt, and keeps its blank.
    /// </param>
    public StreamingDetokenizer(Tokenizer tokenizer, bool renderSpecial = false, bool fromStart = false)
    {
        _tokenizer = tokenizer;
        _renderSpecial = renderSpecial;
        _fromStart = fromStart && tokenizer.AddSpacePrefix;
        _atStart = _fromStart;
    }

    /// <summary>Takes a token and returns the text that it completes: mostly its own, none while a character is incomplete.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not of the vocabulary.</exception>
    public string Append(int id) => Decode(_tokenizer.BytesInText(id, _renderSpecial, ref _atStart).Span, flush: false);

    /// <summary>Ends the text: returns U+FFFD for a character that stayed incomplete, and is ready for another text.</summary>
    public string Flush()
    {
        _atStart = _fromStart;
        return Decode([], flush: true);
    }

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        // The decoder may hold up to three bytes of an earlier token; each byte makes at most one char.
        int needed = bytes.Length + 4;
        if (_buffer.Length < needed)
            _buffer = new char[needed * 2];
        return new string(_buffer, 0, _decoder.GetChars(bytes, _buffer, flush));
    }
}
