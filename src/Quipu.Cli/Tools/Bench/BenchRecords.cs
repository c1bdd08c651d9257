using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Quipu.Tensors;

namespace Quipu.Cli.Tools.Bench;

/// <summary>The rows as one JSON array or as CSV: the same fields, named as llama-bench names them where it has them.</summary>
internal sealed class BenchRecords(TextWriter output, bool json) : IBenchOutput
{
    private readonly List<BenchResult> _results = [];
    private BenchHeader? _header;

    public void Begin(BenchHeader header)
    {
        _header = header;
        if (!json)
            output.WriteLine("model_filename,model_type,model_size,model_n_params,cpu_info,instruction_set,n_threads,n_batch,n_ubatch,type_k,type_v,"
                + "n_prompt,n_gen,n_depth,median_ts,min_ts,max_ts,limit_ts,share,read_bytes_per_second,int8_per_second,f32_per_second,"
                + "cache_bytes,activation_bytes,process_bytes");
    }

    public void Row(BenchResult result)
    {
        if (json)
        {
            _results.Add(result);
            return;
        }
        output.WriteLine(string.Join(',', Fields(result).Select(field => field.Value switch
        {
            string text => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => "",
        })));
        output.Flush();
    }

    public void End()
    {
        if (!json)
            return;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (BenchResult result in _results)
                Write(writer, result);
            writer.WriteEndArray();
        }
        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static string CacheType(TensorType type) => type.ToString().ToLowerInvariant();

    private void Write(Utf8JsonWriter writer, BenchResult result)
    {
        writer.WriteStartObject();
        foreach ((string name, object value) in Fields(result))
        {
            if (value is string text)
                writer.WriteString(name, text);
            else if (value is double number)
                writer.WriteNumber(name, number);
            else
                writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
        }
        writer.WriteStartArray("samples_ts");
        foreach (double sample in result.Samples)
            writer.WriteNumberValue(sample);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private IEnumerable<(string Name, object Value)> Fields(BenchResult r)
    {
        BenchHeader header = _header!;
        bool prompt = r.Test.Kind == BenchKind.Prompt;
        return
        [
            ("model_filename", header.FileName), ("model_type", header.ModelType), ("model_size", header.FileBytes),
            ("model_n_params", header.Parameters), ("cpu_info", header.Processor), ("instruction_set", header.InstructionSet),
            ("n_threads", r.Threads), ("n_batch", header.Options.BatchSize), ("n_ubatch", header.Options.MicroBatchSize),
            ("type_k", CacheType(header.Options.KeyType)), ("type_v", CacheType(header.Options.ValueType)),
            ("n_prompt", prompt ? r.Test.Tokens : 0), ("n_gen", prompt ? 0 : r.Test.Tokens), ("n_depth", r.Test.Depth),
            ("median_ts", Math.Round(r.Median, 3)), ("min_ts", Math.Round(r.Samples.Min(), 3)), ("max_ts", Math.Round(r.Samples.Max(), 3)),
            ("limit_ts", Math.Round(r.LimitRate, 3)), ("share", Math.Round(r.Share, 4)),
            ("read_bytes_per_second", Math.Round(r.Limits.ReadBytesPerSecond)),
            ("int8_per_second", Math.Round(r.Limits.IntegerMultiplyAddsPerSecond)),
            ("f32_per_second", Math.Round(r.Limits.FloatMultiplyAddsPerSecond)),
            ("cache_bytes", r.Memory.Cache), ("activation_bytes", r.Memory.Activations), ("process_bytes", r.Memory.Process),
        ];
    }
}
