using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Quipu.Gguf;

namespace Quipu.Tokenizers;

/// <summary>
/// Finds a piece's id by its bytes: open addressing over the vocabulary's own storage, so that a quarter of a million pieces are
/// indexed in a few milliseconds without one string.
/// </summary>
internal sealed class PieceTable
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
    private const ulong SecondMultiplier = 0xD6E8_FEB8_6659_FD93;

    private readonly GgufStringArray _pieces;

    /// <summary>Upper half: the hash. Lower half: id + 1, so that 0 is an empty slot.</summary>
    private readonly ulong[] _slots;

    private readonly int _mask;

    /// <summary>Differs from process to process, so that nobody can prepare a vocabulary whose pieces all collide.</summary>
    private readonly ulong _seed = (uint)HashCode.Combine(0);

    /// <summary>Indexes pieces.</summary>
    /// <exception cref="TokenizerException">A piece is empty or appears twice.</exception>
    public PieceTable(GgufStringArray pieces)
    {
        _pieces = pieces;
        _slots = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(pieces.Count, 8) * 2)];
        _mask = _slots.Length - 1;
        for (int id = 0; id < pieces.Count; id++)
        {
            ReadOnlySpan<byte> piece = pieces[id];
            if (piece.IsEmpty)
                throw new TokenizerException($"tokenizer.ggml.tokens: piece {id} is empty. The vocabulary is damaged.");
            LongestPiece = Math.Max(LongestPiece, piece.Length);
            Insert(piece, id);
        }
    }

    /// <summary>Bytes of the longest piece.</summary>
    public int LongestPiece { get; }

    /// <summary>The id of the piece with these bytes, or −1.</summary>
    public int Find(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty || piece.Length > LongestPiece)
            return -1;
        uint hash = Hash(piece, _seed);
        for (int slot = (int)hash & _mask; ; slot = (slot + 1) & _mask)
        {
            ulong entry = _slots[slot];
            if (entry == 0)
                return -1;
            int id = (int)(uint)entry - 1;
            if ((uint)(entry >> 32) == hash && _pieces[id].SequenceEqual(piece))
                return id;
        }
    }

    private void Insert(ReadOnlySpan<byte> piece, int id)
    {
        uint hash = Hash(piece, _seed);
        int slot = (int)hash & _mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & _mask)
        {
            int other = (int)(uint)_slots[slot] - 1;
            if ((uint)(_slots[slot] >> 32) == hash && _pieces[other].SequenceEqual(piece))
                throw new TokenizerException(
                    $"tokenizer.ggml.tokens: pieces {other} and {id} are both {PieceText.Quote(piece)}. The vocabulary is damaged.");
        }
        _slots[slot] = ((ulong)hash << 32) | (uint)(id + 1);
    }

    private static uint Hash(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong state = seed ^ ((ulong)bytes.Length * Multiplier);
        while (bytes.Length > 8)
        {
            state = Mix(state ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        return (uint)(Mix(state ^ ReadTail(bytes)) >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value ^ Multiplier, SecondMultiplier, out ulong low);
        return high ^ low;
    }

    /// <summary>Reads 1 to 8 bytes as one number; the two halves may overlap, which the length in the state makes unambiguous.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadTail(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 4)
            return BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) << 32);
        return bytes[0] | ((ulong)bytes[bytes.Length / 2] << 8) | ((ulong)bytes[^1] << 16);
    }
}
