using BenchmarkDotNet.Running;
using Quipu.Benchmarks;

// dotnet run -c Release --project bench/Quipu.Benchmarks -- --filter '*MatMul*' [--job short]
// dotnet run -c Release --project bench/Quipu.Benchmarks -- grammar VOCABULARY.gguf
if (args is ["grammar", var vocabulary])
    GrammarCost.Run(vocabulary, Console.Out);
else
    BenchmarkSwitcher.FromAssembly(typeof(MatMulBenchmarks).Assembly).Run(args);
