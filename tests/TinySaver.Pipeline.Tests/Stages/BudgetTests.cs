using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.Tests.Stages;

public sealed class BudgetTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TakeAsync_WithinCapacity_IsGrantedAtOnceAndGivenBackOnce()
    {
        var budget = new Budget(10);
        IDisposable share = await budget.TakeAsync(10, Cancellation);
        Task<IDisposable> waiting = budget.TakeAsync(1, Cancellation).AsTask();

        Assert.False(waiting.IsCompleted);
        share.Dispose();
        share.Dispose();

        (await waiting).Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_LargeRequestWaits_SmallOnesDoNotOvertake()
    {
        var budget = new Budget(10);
        IDisposable first = await budget.TakeAsync(6, Cancellation);
        Task<IDisposable> large = budget.TakeAsync(8, Cancellation).AsTask();
        Task<IDisposable> small = budget.TakeAsync(1, Cancellation).AsTask();

        Assert.False(small.IsCompleted);
        first.Dispose();

        await large;
        await small;
        Assert.Equal(9, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_MoreThanThereIs_TakesAll()
    {
        var budget = new Budget(10);

        using IDisposable all = await budget.TakeAsync(1_000, Cancellation);

        Assert.Equal(10, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_CancelledWait_TakesNothingAndLetsTheNextPass()
    {
        var budget = new Budget(10);
        using IDisposable first = await budget.TakeAsync(5, Cancellation);
        using var source = new CancellationTokenSource();
        Task<IDisposable> large = budget.TakeAsync(8, source.Token).AsTask();
        Task<IDisposable> small = budget.TakeAsync(5, Cancellation).AsTask();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await small;
        Assert.Equal(10, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_ManyThreads_NeverExceedsTheCapacityAndEndsEmpty()
    {
        var budget = new Budget(7);
        long used = 0;
        long most = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_000), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation }, async (i, token) =>
        {
            int amount = i % 8;
            using IDisposable share = await budget.TakeAsync(amount, token);
            long now = Interlocked.Add(ref used, amount);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Add(ref used, -amount);
        });

        Assert.InRange(most, 1, 7);
        Assert.Equal(0, budget.Used);
    }

    private static void InterlockedMax(ref long target, long value)
    {
        long seen = Interlocked.Read(ref target);
        while (seen < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
            seen = Interlocked.Read(ref target);
    }
}
