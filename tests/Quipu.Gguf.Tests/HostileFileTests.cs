using System.Collections.Concurrent;
using Quipu.Tensors;
using Quipu.Testing;

namespace Quipu.Gguf.Tests;

/// <summary>
/// 10 000 damaged files. Each opens or ends in a <see cref="GgufException"/>; what opens is read to its last value and byte. Any other
/// exception fails the test, an access outside the file ends the process.
/// </summary>
public sealed class HostileFileTests
{
    private const int Files = 10_000;
    private const long MemoryLimit = 64L << 20;

    [Fact]
    public void Ten_thousand_damaged_files_do_no_harm()
    {
        byte[] handmade = Handmade();
        byte[] real = File.ReadAllBytes(TestPaths.Fixture("tiny", "tiny2l-Q2_K.gguf"));
        var failures = new ConcurrentQueue<string>();
        int opened = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken };
        Parallel.For(0, Files, parallel, i =>
        {
            var mutator = new Mutator(new Random(i));
            // One in eight is a real model of 700 KB; the others are small, so that damage meets every kind of field.
            byte[] bytes = i % 8 == 0 ? mutator.Mutate(real, 26_603) : mutator.Mutate(handmade, handmade.Length);
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (Try(i, failures, () => RawFile.Open("m.gguf", ("m.gguf", bytes))))
                Interlocked.Increment(ref opened);
            long used = GC.GetAllocatedBytesForCurrentThread() - before;
            if (used > MemoryLimit)
                failures.Enqueue($"{i}: {used} bytes allocated for a file of {bytes.Length}");
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"{opened} of {Files} opened; {Environment.WorkingSet >> 20} MB in use");

        Assert.Empty(failures);
        // Damage must sometimes be harmless and mostly not, or the test tests nothing.
        Assert.InRange(opened, Files / 20, Files / 2);
        Assert.InRange(Environment.WorkingSet, 0, 1L << 30);
    }

    [Fact]
    public void Damaged_parts_of_a_set_do_no_harm()
    {
        const string first = "m-00001-of-00002.gguf", second = "m-00002-of-00002.gguf";
        byte[][] parts = [Part(0), Part(1)];
        var failures = new ConcurrentQueue<string>();
        int opened = 0;
        for (int i = 0; i < 2_000; i++)
        {
            byte[][] damaged = [.. parts];
            damaged[i % 2] = new Mutator(new Random(i)).Mutate(parts[i % 2], parts[i % 2].Length);
            if (Try(i, failures, () => RawFile.Open(first, (first, damaged[0]), (second, damaged[1]))))
                opened++;
        }

        Assert.Empty(failures);
        Assert.InRange(opened, 20, 1_000);
    }

    /// <summary>Opens a file and touches all of it.</summary>
    /// <returns>Whether it opened.</returns>
    private static bool Try(int number, ConcurrentQueue<string> failures, Func<GgufFile> open)
    {
        try
        {
            using GgufFile file = open();
            TouchMetadata(file.Metadata);
            TouchTensors(file);
            return true;
        }
        catch (GgufException e)
        {
            if (e.Message.Length < 20)
                failures.Enqueue($"{number}: says too little: {e.Message}");
            return false;
        }
#pragma warning disable CA1031 // The point of the test: any other exception is a failure, told with its number.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failures.Enqueue($"{number}: {e}");
            return false;
        }
    }

    private static void TouchMetadata(GgufMetadata metadata)
    {
        foreach (var (key, value) in metadata)
        {
            Touch(value);
            Attempt(() => metadata.GetInt32(key));
            Attempt(() => metadata.GetSingle(key));
            Attempt(() => metadata.GetString(key));
            Attempt(() => metadata.GetBoolean(key));
            Attempt(() => metadata.GetStrings(key));
            Attempt(() => metadata.GetSingles(key));
            Attempt(() => metadata.GetInt32s(key));
        }
    }

    private static void Touch(GgufValue value)
    {
        GC.KeepAlive(value.ToString());
        if (value.Type != GgufValueType.Array)
            return;
        for (int i = 0; i < value.Array.Count; i++)
            Touch(value.Array.GetValue(i));
    }

    private static unsafe void TouchTensors(GgufFile file)
    {
        int sum = 0;
        foreach (GgufTensor tensor in file.Tensors)
        {
            sum += tensor.Data[0] + tensor.Data[Math.Max(0, tensor.ByteLength - 1)];
            Attempt(() => TouchRows(tensor.View));
        }
        GC.KeepAlive(sum);
        for (int part = 0; part < file.Parts.Length; part++)
            Attempt(() => Write(file, part));
    }

    private static object? TouchRows(TensorView view) => view.Row(0)[0] + view.Row(view.Rows - 1)[^1];

    private static object? Write(GgufFile file, int part)
    {
        GgufWriter.From(file, part).Write(Stream.Null);
        return null;
    }

    /// <summary>Does something that a well-formed file may refuse, but only as documented.</summary>
    private static void Attempt(Func<object?> access)
    {
        try
        {
            access();
        }
        catch (GgufException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    private static byte[] Part(int number)
    {
        var writer = new GgufWriter();
        writer.Add("split.no", GgufValue.From((ushort)number));
        writer.Add("split.count", GgufValue.From((ushort)2));
        writer.Add("split.tensors.count", GgufValue.From(2));
        writer.AddTensor($"t{number}", TensorType.F32, [8], new byte[32]);
        return WriterTests.Write(writer);
    }

    /// <summary>A small file with every type of value and tensors of several types.</summary>
    private static byte[] Handmade()
    {
        var writer = new GgufWriter();
        writer.Add("general.alignment", GgufValue.From(32u));
        writer.Add("u8", GgufValue.From((byte)1));
        writer.Add("i16", GgufValue.From((short)-2));
        writer.Add("f32", GgufValue.From(3.5f));
        writer.Add("f64", GgufValue.From(-4.5));
        writer.Add("u64", GgufValue.From(5UL));
        writer.Add("bool", GgufValue.From(true));
        writer.Add("string", GgufValue.From("a string of some length, so that damage finds it"));
        writer.Add("strings", GgufValue.From(["one", "two", "", "three", "çé"]));
        writer.Add("floats", GgufValue.FromArray<float>([1, 2, 3, 4]));
        writer.Add("bools", GgufValue.FromArray<bool>([true, false, true]));
        writer.Add("nested", GgufValue.From(new GgufNestedArray(
        [
            GgufStringArray.From(["a", "b"]), new GgufNestedArray([GgufScalarArray.From<long>([1, 2])]), GgufScalarArray.From<byte>([1]),
        ])));
        writer.AddTensor("f32.weight", TensorType.F32, [8, 4], new byte[128]);
        writer.AddTensor("q8.weight", TensorType.Q8_0, [64, 2], new byte[136]);
        writer.AddTensor("q4k.weight", TensorType.Q4_K, [256, 2], new byte[288]);
        writer.AddTensor("i8", (TensorType)24, [3, 3, 3, 3], new byte[81]);
        writer.AddTensor("iq2", (TensorType)16, [256], new byte[66]);
        return WriterTests.Write(writer);
    }
}
