using BenchmarkDotNet.Running;
using Quipu.Benchmarks;

// dotnet run -c Release --project bench/Quipu.Benchmarks -- --filter '*MatMul*' [--job short]
BenchmarkSwitcher.FromAssembly(typeof(MatMulBenchmarks).Assembly).Run(args);
