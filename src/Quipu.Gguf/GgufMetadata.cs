using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Quipu.Gguf;

/// <summary>
/// The key-value pairs of a GGUF file, in file order. Typed access accepts an integer of any width that is in range; an error names the
/// key, the type that is there and the type that was asked for. Stays valid when the file is closed.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "Metadata is the specification's term.")]
public sealed class GgufMetadata : IReadOnlyDictionary<string, GgufValue>
{
    private readonly List<KeyValuePair<string, GgufValue>> _entries = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    /// <summary>Bytes of the keys that are no UTF-8, so that a writer can repeat them.</summary>
    private readonly Dictionary<string, byte[]> _foreignKeys = new(StringComparer.Ordinal);

    private readonly string _source;

    /// <summary>Makes metadata from pairs.</summary>
    /// <param name="entries">Keys and values.</param>
    /// <exception cref="GgufException">A key appears twice.</exception>
    public GgufMetadata(IEnumerable<KeyValuePair<string, GgufValue>> entries)
        : this("metadata")
    {
        foreach (var (key, value) in entries)
            Add(Encoding.UTF8.GetBytes(key), value);
    }

    /// <summary>Makes metadata for a reader to fill.</summary>
    /// <param name="source">The file, for messages.</param>
    internal GgufMetadata(string source)
    {
        _source = source;
    }

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _entries.Select(entry => entry.Key);

    /// <inheritdoc/>
    public IEnumerable<GgufValue> Values => _entries.Select(entry => entry.Value);

    /// <summary>The value of a key.</summary>
    /// <exception cref="GgufException">The key is missing.</exception>
    public GgufValue this[string key] => TryGetValue(key, out var value) ? value : throw Missing(key);

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _index.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out GgufValue value)
    {
        bool found = _index.TryGetValue(key, out int index);
        value = found ? _entries[index].Value : null;
        return found;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, GgufValue>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A string; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <exception cref="GgufException">The key is missing or has another type.</exception>
    public string GetString(string key) => GetStringOrNull(key) ?? throw Missing(key);

    /// <summary>A string, or null where the key is missing.</summary>
    /// <exception cref="GgufException">The key has another type.</exception>
    public string? GetStringOrNull(string key)
    {
        if (!TryGetValue(key, out var value))
            return null;
        return value.Type == GgufValueType.String ? value.GetString() : throw Unfit(key, value, "a string");
    }

    /// <summary>An integer.</summary>
    /// <exception cref="GgufException">The key is missing, has another type or is out of range.</exception>
    public int GetInt32(string key) => GetInt32OrNull(key) ?? throw Missing(key);

    /// <summary>An integer, or null where the key is missing.</summary>
    /// <exception cref="GgufException">The key has another type or is out of range.</exception>
    public int? GetInt32OrNull(string key) => GetInteger<int>(key);

    /// <summary>An integer that is not negative.</summary>
    /// <exception cref="GgufException">The key is missing, has another type or is out of range.</exception>
    public uint GetUInt32(string key) => GetUInt32OrNull(key) ?? throw Missing(key);

    /// <summary>An integer that is not negative, or null where the key is missing.</summary>
    /// <exception cref="GgufException">The key has another type or is out of range.</exception>
    public uint? GetUInt32OrNull(string key) => GetInteger<uint>(key);

    /// <summary>An integer.</summary>
    /// <exception cref="GgufException">The key is missing, has another type or is out of range.</exception>
    public long GetInt64(string key) => GetInt64OrNull(key) ?? throw Missing(key);

    /// <summary>An integer, or null where the key is missing.</summary>
    /// <exception cref="GgufException">The key has another type or is out of range.</exception>
    public long? GetInt64OrNull(string key) => GetInteger<long>(key);

    /// <summary>A float of any width or an integer.</summary>
    /// <exception cref="GgufException">The key is missing or no number.</exception>
    public float GetSingle(string key) => GetSingleOrNull(key) ?? throw Missing(key);

    /// <summary>A float of any width or an integer, or null where the key is missing.</summary>
    /// <exception cref="GgufException">The key is no number.</exception>
    public float? GetSingleOrNull(string key)
    {
        if (!TryGetValue(key, out var value))
            return null;
        return value.TryGetDouble(out double number) ? (float)number : throw Unfit(key, value, "a number");
    }

    /// <summary>A truth value.</summary>
    /// <exception cref="GgufException">The key is missing or has another type.</exception>
    public bool GetBoolean(string key) => GetBooleanOrNull(key) ?? throw Missing(key);

    /// <summary>A truth value, or null where the key is missing.</summary>
    /// <exception cref="GgufException">The key has another type.</exception>
    public bool? GetBooleanOrNull(string key)
    {
        if (!TryGetValue(key, out var value))
            return null;
        return value.TryGetBoolean(out bool truth) ? truth : throw Unfit(key, value, "a truth value");
    }

    /// <summary>An array of strings as its UTF-8 bytes: the way to read a vocabulary.</summary>
    /// <exception cref="GgufException">The key is missing or no array of strings.</exception>
    public GgufStringArray GetStringArray(string key) => GetStringArrayOrNull(key) ?? throw Missing(key);

    /// <summary>An array of strings as its UTF-8 bytes, or null where the key is missing.</summary>
    /// <exception cref="GgufException">The key is no array of strings.</exception>
    public GgufStringArray? GetStringArrayOrNull(string key)
    {
        if (!TryGetValue(key, out var value))
            return null;
        if (value.Type != GgufValueType.Array)
            throw Unfit(key, value, "an array of strings");
        // An empty array of another type is an empty list of strings too.
        return value.Array as GgufStringArray
            ?? (value.Array.Count == 0 ? GgufStringArray.From([]) : throw Unfit(key, value, "an array of strings"));
    }

    /// <summary>An array of strings. Decodes them at each call: keep the result.</summary>
    /// <exception cref="GgufException">The key is missing or no array of strings.</exception>
    public string[] GetStrings(string key) => GetStringsOrNull(key) ?? throw Missing(key);

    /// <summary>An array of strings, or null where the key is missing. Decodes them at each call: keep the result.</summary>
    /// <exception cref="GgufException">The key is no array of strings.</exception>
    public string[]? GetStringsOrNull(string key) => GetStringArrayOrNull(key)?.ToStrings();

    /// <summary>An array of numbers. Copies them at each call: keep the result.</summary>
    /// <exception cref="GgufException">The key is missing or no array of numbers.</exception>
    public float[] GetSingles(string key) => GetSinglesOrNull(key) ?? throw Missing(key);

    /// <summary>An array of numbers, or null where the key is missing. Copies them at each call: keep the result.</summary>
    /// <exception cref="GgufException">The key is no array of numbers.</exception>
    public float[]? GetSinglesOrNull(string key)
    {
        if (GetElements(key, "an array of numbers") is not { } array)
            return null;
        if (array is GgufScalarArray { ElementType: GgufValueType.Float32 } singles)
            return singles.AsSpan<float>().ToArray();
        float[] result = new float[array.Count];
        for (int i = 0; i < result.Length; i++)
        {
            bool fits = array.GetValue(i).TryGetDouble(out double number);
            result[i] = fits ? (float)number : throw Unfit(key, this[key], "an array of numbers");
        }
        return result;
    }

    /// <summary>An array of integers. Copies them at each call: keep the result.</summary>
    /// <exception cref="GgufException">The key is missing or no array of integers in range.</exception>
    public int[] GetInt32s(string key) => GetInt32sOrNull(key) ?? throw Missing(key);

    /// <summary>An array of integers, or null where the key is missing. Copies them at each call: keep the result.</summary>
    /// <exception cref="GgufException">The key is no array of integers in range.</exception>
    public int[]? GetInt32sOrNull(string key)
    {
        if (GetElements(key, "an array of integers") is not { } array)
            return null;
        if (array is GgufScalarArray { ElementType: GgufValueType.Int32 } integers)
            return integers.AsSpan<int>().ToArray();
        int[] result = new int[array.Count];
        for (int i = 0; i < result.Length; i++)
        {
            bool fits = array.GetValue(i).TryGetInt64(out long integer) && integer is >= int.MinValue and <= int.MaxValue;
            result[i] = fits ? (int)integer : throw Unfit(key, this[key], $"an array of 32-bit integers (element {i} is not)");
        }
        return result;
    }

    /// <summary>Adds a pair as a file holds it.</summary>
    /// <exception cref="GgufException">The key is there already, or is not to be told from one that is.</exception>
    internal void Add(ReadOnlySpan<byte> keyBytes, GgufValue value)
    {
        string key = Encoding.UTF8.GetString(keyBytes);
        if (!_index.TryAdd(key, _entries.Count))
            throw new GgufException($"{_source}: the metadata key '{key}' appears twice. The file is damaged.");
        _entries.Add(new(key, value));
        if (!System.Text.Unicode.Utf8.IsValid(keyBytes))
            _foreignKeys.Add(key, keyBytes.ToArray());
    }

    /// <summary>The bytes of a key as in the file.</summary>
    internal byte[] KeyBytes(string key) => _foreignKeys.TryGetValue(key, out byte[]? bytes) ? bytes : Encoding.UTF8.GetBytes(key);

    private T? GetInteger<T>(string key)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (!TryGetValue(key, out var value))
            return null;
        if (value.TryGetInt64(out long integer) && integer >= long.CreateChecked(T.MinValue) && integer <= long.CreateChecked(T.MaxValue))
            return T.CreateTruncating(integer);
        throw Unfit(key, value, string.Create(CultureInfo.InvariantCulture, $"an integer from {T.MinValue} to {T.MaxValue}"));
    }

    private GgufArray? GetElements(string key, string wanted)
    {
        if (!TryGetValue(key, out var value))
            return null;
        return value.Type == GgufValueType.Array ? value.Array : throw Unfit(key, value, wanted);
    }

    private GgufException Missing(string key) =>
        new($"{_source}: the metadata key '{key}' is missing. Is this a model of the expected kind?");

    private GgufException Unfit(string key, GgufValue value, string wanted)
    {
        string there = value.Type switch
        {
            GgufValueType.Array => $"an array of {value.Array.Count} {value.Array.ElementType}",
            GgufValueType.String => "a String",
            _ => $"the {value.Type} {value}",
        };
        return new($"{_source}: the metadata key '{key}' is {there}, but must be {wanted}.");
    }
}
