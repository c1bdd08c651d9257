using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Quipu.Server.Generation;

/// <summary>Several generations of one request as one stream.</summary>
internal static class Merge
{
    /// <summary>Yields the items of all sources as they come. When one fails, the others end and its exception is thrown.</summary>
    /// <param name="sources">The generations.</param>
    /// <param name="start">Starts one; the token ends it.</param>
    /// <param name="cancellationToken">Ends all.</param>
    public static async IAsyncEnumerable<(int Index, T Item)> RunAsync<T>(
        int sources, Func<int, CancellationToken, IAsyncEnumerable<T>> start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (sources == 1)
        {
            await foreach (var item in start(0, cancellationToken).ConfigureAwait(false))
                yield return (0, item);
            yield break;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Bounded: a client that reads slowly shall slow the generations down, not fill the memory.
        var channel = Channel.CreateBounded<(int, T)>(sources * 4);
        var all = Task.WhenAll(Enumerable.Range(0, sources).Select(PumpAsync));
        _ = all.ContinueWith(
            done => channel.Writer.TryComplete(done.Exception?.InnerException),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return item;
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(all).ConfigureAwait(false);
        }

        async Task PumpAsync(int index)
        {
            try
            {
                await foreach (var item in start(index, end.Token).ConfigureAwait(false))
                    await channel.Writer.WriteAsync((index, item), end.Token).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                channel.Writer.TryComplete(error);
                await end.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }
}
