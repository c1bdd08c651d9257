using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Quipu.Gguf;

/// <summary>Bytes of a file in memory: mapped from the disk without a copy, or an array that is pinned.</summary>
internal sealed unsafe class GgufMapping : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private GCHandle _pin;
    private byte* _data;

    private GgufMapping(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, long length)
    {
        Path = path;
        Length = length;
        _file = file;
        _view = view;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _data);
        _data += view.PointerOffset;
    }

    private GgufMapping(string path, byte[] bytes, int length)
    {
        Path = path;
        Length = length;
        _pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        _data = (byte*)_pin.AddrOfPinnedObject();
    }

    /// <summary>What it is called, for messages.</summary>
    public string Path { get; }

    /// <summary>How many bytes there are. The system may map more, up to a whole page; those are none of it.</summary>
    public long Length { get; }

    /// <summary>The first byte.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public byte* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data is null, typeof(GgufFile));
            return _data;
        }
    }

    /// <summary>Maps a file, or a part of it, for reading.</summary>
    /// <exception cref="GgufException">There are no bytes, or they are not within the file.</exception>
    /// <exception cref="IOException">The system does not open the file.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder or may not be read.</exception>
    public static GgufMapping Open(GgufSource source)
    {
        MemoryMappedFile? file = null;
        MemoryMappedViewAccessor? view = null;
        // The map owns the stream from its creation on; before, and on every failure, it is closed here.
        var stream = new FileStream(source.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            long length = source.Length ?? stream.Length - source.Offset;
            if (length == 0)
                throw new GgufException($"{source.Name} is empty. Fetch it again.");
            if (source.Offset < 0 || length < 0 || source.Offset > stream.Length - length)
            {
                throw new GgufException($"{source.Name} should be {length} bytes at byte {source.Offset} of {source.Path}, " +
                    $"which has only {stream.Length}. It is cut off: fetch it again.");
            }
            file = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            view = file.CreateViewAccessor(source.Offset, length, MemoryMappedFileAccess.Read);
            return new GgufMapping(source.Name, file, view, length);
        }
        catch
        {
            view?.Dispose();
            file?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Takes bytes that are in memory already; the array is pinned until <see cref="Dispose"/>.</summary>
    public static GgufMapping Over(string name, byte[] bytes, int length) => new(name, bytes, length);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_data is null)
            return;
        _data = null;
        if (_pin.IsAllocated)
            _pin.Free();
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
    }
}
