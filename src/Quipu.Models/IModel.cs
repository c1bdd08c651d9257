using Quipu.Tensors;

namespace Quipu.Models;

/// <summary>A model ready to run on a device: one class per architecture. Not thread-safe: one forward pass at a time.</summary>
public interface IModel : IDisposable
{
    /// <summary>What others need to know of it.</summary>
    ModelShape Shape { get; }

    /// <summary>Prepares the buffers of passes of up to <paramref name="maxRows"/> rows.</summary>
    void Reserve(int maxRows);

    /// <summary>
    /// Runs a batch through all layers: K and V of its rows go into <paramref name="caches"/> (one per layer), and the final hidden
    /// states of the rows that asked for them or for logits are kept for <see cref="ReadHidden"/> and <see cref="ReadLogits"/>.
    /// </summary>
    void Forward(Batch batch, ReadOnlySpan<DeviceCache> caches);

    /// <summary>Logits of the <paramref name="index"/>-th row that asked in the last pass; computed in chunks as they are read.</summary>
    /// <param name="index">Counts the rows that asked, in the batch's order.</param>
    /// <param name="logits">[vocabulary]</param>
    void ReadLogits(int index, Span<float> logits);

    /// <summary>The final hidden state, behind the last norm, of the <paramref name="index"/>-th row that asked for it in the last pass.</summary>
    /// <param name="index">Counts the rows that asked for hidden states, in the batch's order.</param>
    /// <param name="hidden">[n_embd]</param>
    void ReadHidden(int index, Span<float> hidden);
}

/// <summary>The numbers of a model that the engine and the user need.</summary>
/// <param name="Architecture">GGUF's name of it, e.g. <c>gemma3</c>.</param>
/// <param name="VocabularySize">Rows of the token embedding.</param>
/// <param name="ContextLength">Positions it was trained for.</param>
/// <param name="EmbeddingLength">Elements of a hidden state.</param>
/// <param name="KvHeads">Heads of K and V.</param>
/// <param name="HeadDim">Elements of a head.</param>
/// <param name="LayerWindows">For each layer, how many positions it sees; 0: all.</param>
public sealed record ModelShape(
    string Architecture, int VocabularySize, int ContextLength, int EmbeddingLength, int KvHeads, int HeadDim, IReadOnlyList<int> LayerWindows)
{
    /// <summary>Number of layers.</summary>
    public int Layers => LayerWindows.Count;
}
