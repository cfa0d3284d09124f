using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Core.Cascade;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Cascades;

public sealed class CascadeHostTests : IAsyncDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CountingFiles _files;
    private readonly CascadeHost _host;
    private bool _disposed;

    public CascadeHostTests()
    {
        _files = new CountingFiles(new FolderCascadeFiles(_cascade.PolicyPath));
        _host = new CascadeHost(
            _files, Options.Create(new CascadeSourceOptions { Savers = true, Large = true }), _time, NullLogger<CascadeHost>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
            await _host.DisposeAsync();

        _cascade.Dispose();
    }

    [Fact]
    public async Task RentAsync_ManyAtOnce_LoadOnce()
    {
        Cascade[] rented = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            using CascadeLease lease = await _host.RentAsync(Cancellation);
            return lease.Cascade;
        })));

        Assert.Single(rented.Distinct());
        Assert.Equal(1, _files.Fetches);
    }

    [Fact]
    public async Task RentAsync_FailedLoad_IsTriedAgainByTheNextCall()
    {
        string policy = await File.ReadAllTextAsync(_cascade.PolicyPath, Cancellation);
        await File.WriteAllTextAsync(_cascade.PolicyPath, "{}", Cancellation);

        await Assert.ThrowsAsync<InvalidPolicyException>(async () => await _host.RentAsync(Cancellation));
        await File.WriteAllTextAsync(_cascade.PolicyPath, policy, Cancellation);

        using CascadeLease lease = await _host.RentAsync(Cancellation);
        Assert.Equal(_cascade.Policy.Id, lease.Cascade.PolicyId);
    }

    [Fact]
    public async Task RentAsync_ChangedPolicy_IsUsedAfterTheInterval_AndTheOldOneUntilItsUsersAreDone()
    {
        CascadeLease old = await _host.RentAsync(Cancellation);
        string oldId = old.Cascade.PolicyId;
        _cascade.WritePolicy(threshold: 0.5);

        using (CascadeLease early = await _host.RentAsync(Cancellation))
            Assert.Equal(oldId, early.Cascade.PolicyId);

        _time.Advance(TimeSpan.FromMinutes(1));
        string id;
        do
        {
            using CascadeLease now = await _host.RentAsync(Cancellation);
            id = now.Cascade.PolicyId;
            await Task.Yield();
        }
        while (id == oldId);

        Assert.Equal(_cascade.Policy.Id, id);
        using (Inference.Imaging.DecodedImage image = Inference.Imaging.ImageDecoder.Decode(TestImages.Red))
        {
            Assert.True(old.Cascade.AskSavers(image)!.Value.Exits);
            old.Dispose();
            Assert.Throws<ObjectDisposedException>(() => old.Cascade.AskSavers(image));
        }
    }

    [Fact]
    public async Task RentAsync_HostThatHasEnded_IsRefused()
    {
        (await _host.RentAsync(Cancellation)).Dispose();
        await _host.DisposeAsync();
        _disposed = true;

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _host.RentAsync(Cancellation));
    }

    [Fact]
    public async Task RefreshAsync_UnchangedPolicy_LoadsNothing()
    {
        (await _host.RentAsync(Cancellation)).Dispose();

        Assert.False(await _host.RefreshAsync(Cancellation));
        Assert.Equal(1, _files.Fetches);
    }

    [Fact]
    public async Task RefreshAsync_BrokenPolicy_KeepsTheOneInUse()
    {
        (await _host.RentAsync(Cancellation)).Dispose();
        await File.WriteAllTextAsync(_cascade.PolicyPath, "{}", Cancellation);

        await Assert.ThrowsAsync<InvalidPolicyException>(() => _host.RefreshAsync(Cancellation));

        using CascadeLease lease = await _host.RentAsync(Cancellation);
        Assert.Equal(_cascade.Policy.Id, lease.Cascade.PolicyId);
    }

    [Fact]
    public async Task RentAsync_BrokenPolicyAfterTheInterval_KeepsTheOneInUse_AndEndsInPeace()
    {
        (await _host.RentAsync(Cancellation)).Dispose();
        await File.WriteAllTextAsync(_cascade.PolicyPath, "{}", Cancellation);
        _time.Advance(TimeSpan.FromMinutes(1));

        using (CascadeLease lease = await _host.RentAsync(Cancellation))
            Assert.Equal(_cascade.Policy.Id, lease.Cascade.PolicyId);

        await _files.SecondRead;
        _disposed = true;
        // Waits for the refresh, and throws what it threw.
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task RentAsync_PolicyWithATemperature_MakesTheSaverLessSure()
    {
        using Inference.Imaging.DecodedImage image = Inference.Imaging.ImageDecoder.Decode(TestImages.Red);
        using CascadeLease plain = await _host.RentAsync(Cancellation);
        _cascade.WritePolicy(threshold: 0.9, temperature: 4);

        await _host.RefreshAsync(Cancellation);

        using CascadeLease tempered = await _host.RentAsync(Cancellation);
        float[] confidences = [plain.Cascade.AskSavers(image)!.Value.Prediction.Confidence, tempered.Cascade.AskSavers(image)!.Value.Prediction.Confidence];
        Assert.True(confidences[0] - confidences[1] > 0.01f, $"{confidences[0]} became {confidences[1]}.");
    }

    private sealed class CountingFiles(ICascadeFiles files) : ICascadeFiles
    {
        private readonly TaskCompletionSource _secondRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _fetches;
        private int _reads;

        public Task SecondRead => _secondRead.Task;

        public int Fetches => _fetches;

        public string Source => files.Source;

        public async Task<PolicyFile?> ReadPolicyAsync(string? knownTag, CancellationToken cancellationToken)
        {
            try
            {
                return await files.ReadPolicyAsync(knownTag, cancellationToken);
            }
            finally
            {
                if (Interlocked.Increment(ref _reads) == 2)
                    _secondRead.SetResult();
            }
        }

        public Task<(CascadePolicy Policy, string PolicyPath)> FetchModelsAsync(
            CascadePolicy policy, bool savers, bool large, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _fetches);
            return files.FetchModelsAsync(policy, savers, large, cancellationToken);
        }
    }
}
