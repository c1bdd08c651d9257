namespace Quipu.Gguf;

/// <summary>Checks where the tensors of a file lie: aligned, within the file, apart from each other.</summary>
internal static class GgufLayout
{
    /// <summary>Turns an offset of the tensor table into one from the start of the file.</summary>
    /// <exception cref="GgufException">The offset is not aligned, or the tensor does not lie within the file.</exception>
    public static long Locate(GgufPart part, GgufTensorInfo info, ulong offset)
    {
        string path = part.Mapping.Path;
        if (offset % part.Alignment != 0)
        {
            throw new GgufException($"{path}: the tensor '{info.Name}' has the offset {offset}, " +
                $"no multiple of the alignment {part.Alignment}. The file is damaged.");
        }
        // A tensor of unknown size has at least a byte.
        ulong length = (ulong)(info.ByteLength ?? 1);
        ulong available = (ulong)Math.Max(0, part.Mapping.Length - part.DataStart);
        if (offset > available || length > available - offset)
        {
            throw new GgufException($"{path}: the tensor '{info.Name}' takes {length} bytes from offset {offset}, " +
                $"but the file has only {available} bytes of data. It is cut off or damaged: fetch it again.");
        }
        return part.DataStart + (long)offset;
    }

    /// <summary>Checks that no two tensors share bytes.</summary>
    /// <exception cref="GgufException">They do.</exception>
    public static void Check(GgufPart part)
    {
        GgufTensor[] tensors = [.. part.Tensors];
        Array.Sort(tensors, static (left, right) => left.Offset.CompareTo(right.Offset));
        for (int i = 1; i < tensors.Length; i++)
        {
            GgufTensor before = tensors[i - 1];
            long length = before.IsSizeKnown ? before.ByteLength : 1;
            if (before.Offset + length > tensors[i].Offset)
            {
                throw new GgufException($"{part.Mapping.Path}: the tensors '{before.Name}' and '{tensors[i].Name}' overlap " +
                    $"at byte {tensors[i].Offset}. The file is damaged.");
            }
        }
    }
}
