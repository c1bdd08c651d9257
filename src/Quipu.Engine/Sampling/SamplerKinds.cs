using System.Collections.Immutable;

namespace Quipu.Engine.Sampling;

/// <summary>Names and letters of the samplers, as llama.cpp's <c>--samplers</c> and <c>--sampling-seq</c> spell them.</summary>
public static class SamplerKinds
{
    private static readonly (SamplerKind Kind, string Name, char Letter)[] Table =
    [
        (SamplerKind.Penalties, "penalties", 'e'),
        (SamplerKind.Dry, "dry", 'd'),
        (SamplerKind.TopNSigma, "top_n_sigma", 's'),
        (SamplerKind.TopK, "top_k", 'k'),
        (SamplerKind.TypicalP, "typ_p", 'y'),
        (SamplerKind.TopP, "top_p", 'p'),
        (SamplerKind.MinP, "min_p", 'm'),
        (SamplerKind.Xtc, "xtc", 'x'),
        (SamplerKind.Temperature, "temperature", 't'),
    ];

    /// <summary>
    /// Reads a list such as <c>penalties;top_k;temperature</c>. Hyphens count as underscores, and the usual other names
    /// (<c>temp</c>, <c>typical</c>, <c>typical_p</c>, <c>nucleus</c>) are known. An empty text is an empty list.
    /// </summary>
    /// <exception cref="SamplingOptionsException">A name is unknown; the message lists the known ones.</exception>
    public static ImmutableArray<SamplerKind> Parse(string names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (string.IsNullOrWhiteSpace(names))
            return [];
        string[] parts = names.Split(';', StringSplitOptions.TrimEntries);
        var kinds = ImmutableArray.CreateBuilder<SamplerKind>(parts.Length);
        foreach (string part in parts)
            kinds.Add(FromName(part) ?? throw new SamplingOptionsException(nameof(SamplingOptions.Samplers),
                $"'{part}' is not a sampler. Separate names by ';'; known are {string.Join(", ", Table.Select(row => row.Name))}."));
        return kinds.MoveToImmutable();
    }

    /// <summary>Reads a sequence of letters such as <c>edskypmxt</c>, one for each sampler.</summary>
    /// <exception cref="SamplingOptionsException">A letter is unknown; the message lists the known ones.</exception>
    public static ImmutableArray<SamplerKind> ParseSequence(string letters)
    {
        ArgumentNullException.ThrowIfNull(letters);
        var kinds = ImmutableArray.CreateBuilder<SamplerKind>(letters.Length);
        for (int i = 0; i < letters.Length; i++)
            kinds.Add(FromLetter(letters[i]) ?? throw new SamplingOptionsException(nameof(SamplingOptions.Samplers),
                $"'{letters[i]}' at place {i + 1} of '{letters}' is not a sampler's letter. " +
                $"Known are {string.Join(", ", Table.Select(row => $"{row.Letter} ({row.Name})"))}."));
        return kinds.MoveToImmutable();
    }

    /// <summary>The list that <see cref="Parse"/> reads.</summary>
    public static string Format(ImmutableArray<SamplerKind> kinds) => string.Join(';', kinds.Select(kind => Row(kind).Name));

    /// <summary>The letters that <see cref="ParseSequence"/> reads.</summary>
    public static string FormatSequence(ImmutableArray<SamplerKind> kinds) => string.Concat(kinds.Select(kind => Row(kind).Letter));

    private static SamplerKind? FromName(string name)
    {
        string plain = name.Replace('-', '_') switch
        {
            "temp" => "temperature",
            "typical" or "typical_p" or "typ" => "typ_p",
            "nucleus" => "top_p",
            string other => other,
        };
        foreach (var row in Table)
            if (row.Name == plain)
                return row.Kind;
        return null;
    }

    private static SamplerKind? FromLetter(char letter)
    {
        foreach (var row in Table)
            if (row.Letter == letter)
                return row.Kind;
        return null;
    }

    private static (SamplerKind Kind, string Name, char Letter) Row(SamplerKind kind) => Table.Single(row => row.Kind == kind);
}
