using Quipu.Gguf;
using Quipu.Testing;

namespace Quipu.Tensors.Tests;

/// <summary>The tiny models: the same random weights in F32 and as llama.cpp's quantizer wrote them in each type.</summary>
internal static class TinyModels
{
    public static IEnumerable<string> Quantized =>
        Directory.GetFiles(TestPaths.Fixture("tiny"), "*.gguf").Where(path => !path.EndsWith("-f32.gguf", StringComparison.Ordinal));

    /// <summary>Calls back with the F32 elements and the stored bytes of each tensor of a type, in all tiny models.</summary>
    public static int ForEach(TensorType type, Action<float[], byte[]> visit)
    {
        int count = 0;
        using var exact = GgufFile.Open(TestPaths.Fixture("tiny", "tiny2l-f32.gguf"));
        foreach (string path in Quantized)
        {
            using var file = GgufFile.Open(path);
            foreach (var tensor in file.Tensors.Where(tensor => tensor.Type == type))
            {
                Assert.True(exact.TryGetTensor(tensor.Name, out var source), tensor.Name);
                visit(Decoded(source.View), Bytes(tensor.View));
                count++;
            }
        }
        return count;
    }

    private static float[] Decoded(TensorView view)
    {
        float[] values = new float[(long)view.Rows * view.Columns];
        TensorFormats.Get(view.Type).Decode(Bytes(view), values);
        return values;
    }

    private static byte[] Bytes(TensorView view)
    {
        using var bytes = new MemoryStream();
        for (int row = 0; row < view.Rows; row++)
            bytes.Write(view.Row(row));
        return bytes.ToArray();
    }
}
