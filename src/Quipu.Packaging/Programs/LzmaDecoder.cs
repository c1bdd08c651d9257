namespace Quipu.Packaging.Programs;

/// <summary>
/// Decodes LZMA as in .lzma files: 13 bytes of header, then one range-coded stream of literals and matches. What it has written is its
/// dictionary, so programs that follow each other in one stream share what they have in common.
/// </summary>
internal ref struct LzmaDecoder
{
    private const int HeaderBytes = 13;
    private const int ProbabilityBits = 11;
    private const int MoveBits = 5;
    private const int States = 12;
    private const int FirstMatchState = 7; // below it the last symbol was a literal
    private const int MinMatch = 2;
    private const int LengthStates = 4;
    private const int DistanceSlotBits = 6;
    private const int FirstModelledSlot = 4;
    private const int EndModelledSlot = 14;
    private const int AlignBits = 4;
    private const uint EndMarker = uint.MaxValue;

    private readonly ReadOnlySpan<byte> _input;
    private readonly Span<byte> _output;
    private readonly int _literalContextBits, _literalPositionMask, _positionMask;
    private readonly ushort[] _literal, _distanceSlot, _distance, _align;
    private readonly ushort[] _isMatch, _isRepeat, _isRepeat0, _isRepeat1, _isRepeat2, _isRepeat0Long;
    private readonly LengthModel _matchLength = new(), _repeatLength = new();
    private int _at, _written;
    private uint _range, _code;

    private LzmaDecoder(ReadOnlySpan<byte> input, Span<byte> output)
    {
        // The first byte of the stream proper is always 0; it comes from the carry of the encoder.
        if (input.Length < HeaderBytes + 5 || input[0] >= 9 * 5 * 5 || input[HeaderBytes] != 0)
            throw Damaged();
        _input = input;
        _output = output;
        int properties = input[0];
        _literalContextBits = properties % 9;
        _literalPositionMask = (1 << properties / 9 % 5) - 1;
        _positionMask = (1 << properties / 45) - 1;
        _literal = Even(0x300 << (_literalContextBits + properties / 9 % 5));
        _distanceSlot = Even(LengthStates << DistanceSlotBits);
        _distance = Even(1 + (1 << EndModelledSlot / 2) - EndModelledSlot);
        _align = Even(1 << AlignBits);
        _isMatch = Even(States << 4);
        _isRepeat0Long = Even(States << 4);
        (_isRepeat, _isRepeat0, _isRepeat1, _isRepeat2) = (Even(States), Even(States), Even(States), Even(States));
        _range = uint.MaxValue;
        for (_at = HeaderBytes + 1; _at < HeaderBytes + 5; _at++)
            _code = _code << 8 | input[_at];
    }

    /// <summary>Decodes the beginning of a stream.</summary>
    /// <param name="input">The stream with its header; what follows it is not looked at.</param>
    /// <param name="output">Filled.</param>
    /// <exception cref="InvalidDataException">The stream is damaged, or shorter than the output.</exception>
    public static void Decode(ReadOnlySpan<byte> input, Span<byte> output) => new LzmaDecoder(input, output).Run();

    private void Run()
    {
        int state = 0;
        uint rep0 = 0, rep1 = 0, rep2 = 0, rep3 = 0;
        while (_written < _output.Length)
        {
            int position = _written & _positionMask;
            if (!Bit(ref _isMatch[(state << 4) + position]))
            {
                Literal(state >= FirstMatchState, rep0);
                state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
                continue;
            }
            int length;
            if (!Bit(ref _isRepeat[state]))
            {
                (rep3, rep2, rep1) = (rep2, rep1, rep0);
                length = Length(_matchLength, position);
                rep0 = Distance(length);
                if (rep0 == EndMarker)
                    throw Damaged(); // It ends before the output is full.
                state = state < FirstMatchState ? 7 : 10;
            }
            else
            {
                if (!Bit(ref _isRepeat0[state]))
                {
                    if (!Bit(ref _isRepeat0Long[(state << 4) + position]))
                    {
                        state = state < FirstMatchState ? 9 : 11;
                        Copy(rep0, 1);
                        continue;
                    }
                }
                else if (!Bit(ref _isRepeat1[state]))
                {
                    (rep0, rep1) = (rep1, rep0);
                }
                else if (!Bit(ref _isRepeat2[state]))
                {
                    (rep0, rep1, rep2) = (rep2, rep0, rep1);
                }
                else
                {
                    (rep0, rep1, rep2, rep3) = (rep3, rep0, rep1, rep2);
                }
                length = Length(_repeatLength, position);
                state = state < FirstMatchState ? 8 : 11;
            }
            Copy(rep0, length + MinMatch);
        }
    }

    private void Copy(uint distance, int length)
    {
        if (distance >= (uint)_written)
            throw Damaged();
        // Byte by byte where source and destination overlap: the copied bytes are sources in their turn.
        int from = _written - (int)distance - 1, count = Math.Min(length, _output.Length - _written);
        if (distance >= (uint)count)
        {
            _output.Slice(from, count).CopyTo(_output[_written..]);
        }
        else
        {
            for (int i = 0; i < count; i++)
                _output[_written + i] = _output[from + i];
        }
        _written += count;
    }

    private void Literal(bool afterMatch, uint distance)
    {
        int previous = _written > 0 ? _output[_written - 1] : 0;
        int context = ((_written & _literalPositionMask) << _literalContextBits) + (previous >> (8 - _literalContextBits));
        var probabilities = _literal.AsSpan(0x300 * context, 0x300);
        int symbol = 1;
        if (afterMatch)
        {
            if (distance >= (uint)_written)
                throw Damaged();
            // After a match the byte that would have continued it is the context, as long as the bits agree.
            int match = _output[_written - (int)distance - 1];
            do
            {
                int bit = match >> 7 & 1;
                match <<= 1;
                int decoded = Bit(ref probabilities[((1 + bit) << 8) + symbol]) ? 1 : 0;
                symbol = symbol << 1 | decoded;
                if (bit != decoded)
                    break;
            }
            while (symbol < 0x100);
        }
        while (symbol < 0x100)
            symbol = symbol << 1 | (Bit(ref probabilities[symbol]) ? 1 : 0);
        _output[_written++] = (byte)symbol;
    }

    private int Length(LengthModel model, int position)
    {
        if (!Bit(ref model.Choice[0]))
            return Tree(model.Low.AsSpan(position << 3, 8), 3);
        return Bit(ref model.Choice[1]) ? 16 + Tree(model.High, 8) : 8 + Tree(model.Middle.AsSpan(position << 3, 8), 3);
    }

    private uint Distance(int length)
    {
        int state = Math.Min(length, LengthStates - 1);
        int slot = Tree(_distanceSlot.AsSpan(state << DistanceSlotBits, 1 << DistanceSlotBits), DistanceSlotBits);
        if (slot < FirstModelledSlot)
            return (uint)slot;
        int bits = (slot >> 1) - 1;
        uint distance = (2u | (uint)slot & 1) << bits;
        if (slot < EndModelledSlot)
            return distance + ReverseTree(_distance.AsSpan((int)distance - slot), bits);
        return distance + (DirectBits(bits - AlignBits) << AlignBits) + ReverseTree(_align, AlignBits);
    }

    private int Tree(Span<ushort> probabilities, int bits)
    {
        int node = 1;
        for (int i = 0; i < bits; i++)
            node = node << 1 | (Bit(ref probabilities[node]) ? 1 : 0);
        return node - (1 << bits);
    }

    private uint ReverseTree(Span<ushort> probabilities, int bits)
    {
        int node = 1;
        uint symbol = 0;
        for (int i = 0; i < bits; i++)
        {
            bool bit = Bit(ref probabilities[node]);
            node = node << 1 | (bit ? 1 : 0);
            symbol |= bit ? 1u << i : 0;
        }
        return symbol;
    }

    private bool Bit(ref ushort probability)
    {
        uint bound = (_range >> ProbabilityBits) * probability;
        bool one = _code >= bound;
        if (one)
        {
            _range -= bound;
            _code -= bound;
            probability -= (ushort)(probability >> MoveBits);
        }
        else
        {
            _range = bound;
            probability += (ushort)(((1 << ProbabilityBits) - probability) >> MoveBits);
        }
        if (_range < 1 << 24)
            Shift();
        return one;
    }

    private uint DirectBits(int count)
    {
        uint result = 0;
        for (; count > 0; count--)
        {
            _range >>= 1;
            bool one = _code >= _range;
            if (one)
                _code -= _range;
            result = result << 1 | (one ? 1u : 0);
            if (_range < 1 << 24)
                Shift();
        }
        return result;
    }

    private void Shift()
    {
        if (_at >= _input.Length)
            throw Damaged();
        _range <<= 8;
        _code = _code << 8 | _input[_at++];
    }

    private static ushort[] Even(int count)
    {
        ushort[] probabilities = new ushort[count];
        Array.Fill(probabilities, (ushort)(1 << ProbabilityBits - 1));
        return probabilities;
    }

    private static InvalidDataException Damaged() => new("The compressed stream is damaged.");

    private sealed class LengthModel
    {
        public readonly ushort[] Choice = Even(2), Low = Even(16 << 3), Middle = Even(16 << 3), High = Even(1 << 8);
    }
}
