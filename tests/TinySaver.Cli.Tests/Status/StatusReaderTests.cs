using Azure.Storage.Blobs;
using TinySaver.Calibration.Watch;
using TinySaver.Cli.Accounts;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Status;

namespace TinySaver.Cli.Tests.Status;

public sealed class StatusReaderTests(OneAzurite azurite) : IClassFixture<OneAzurite>
{
    private static readonly ImageVersion Now = new(DateTimeOffset.UtcNow, "0x1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_RowsOfEveryKind_CountsEachOnce()
    {
        await using StorageAccount account = await azurite.OpenAsync();
        BlobContainerClient images = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient("images");
        foreach (string name in (string[])["labelled", "new"])
            await images.UploadBlobAsync(name, BinaryData.FromString(name), Cancellation);

        ImageVersion labelled = (await account.Images.GetVersionAsync("labelled", Cancellation))!.Value;
        LabelRow tiny = new LabelRow("labelled", labelled) with { Status = LabelStatus.Labelled, DecidedBy = Decider.Tiny, Label = "x", ClassIndex = 1 };
        LabelRow waiting = new LabelRow("waiting", Now with { LastModified = Now.LastModified.AddHours(-1) }) with { Status = LabelStatus.Escalated };
        LabelRow[] rows =
        [
            tiny,
            tiny with { Name = "agreed", LargeLabel = "x", LargeClassIndex = 1 },
            tiny with { Name = "denied", LargeLabel = "y", LargeClassIndex = 2 },
            tiny with { Name = "large", DecidedBy = Decider.Large, LargeLabel = "x", LargeClassIndex = 1 },
            waiting,
            waiting with { Name = "longest", Version = Now with { LastModified = Now.LastModified.AddHours(-2) } },
            .. Enumerable.Range(0, 12).Select(i => new LabelRow($"failed {i}", Now).FailedFor(FailureReason.Damaged, "d")),
        ];
        foreach (LabelRow row in rows)
            Assert.NotNull(await account.Labels.TryInsertAsync(row, Cancellation));

        var watch = new GuaranteeWatch(new(0.01, Promised: true, AlarmAt: 20, null, null, []));
        watch.Add(new("p2", Now.LastModified, "audited", Now, new(0), 1, "x", 1, "x", 1));
        foreach ((string policy, int hour) in new[] { ("p1", 1), ("p2", 2) })
            Assert.True(await account.Watches.TryWriteAsync(new(policy, DateTimeOffset.UnixEpoch.AddHours(hour), DateTimeOffset.UnixEpoch, watch.State, Tag: null), Cancellation));

        StatusReport report = await new StatusReader(account.Name, account.Images, account.Labels, account.Escalations, TimeProvider.System, account.Watches).ReadAsync(Cancellation);

        Assert.Equal((2L, 1L, 3L, 1L, 2L, 12L), (report.Images, report.WaitingForTiny, report.LabelledByTiny, report.LabelledByLarge, report.WaitingForLarge, report.Failed));
        Assert.Equal((2L, 0.5), (report.ShadowAnswers, report.ShadowAgreement));
        Assert.Equal(("longest", Decider.Large), (report.OldestWaiting!.Name, report.OldestWaiting.For));
        Assert.Equal(10, report.RecentFailures.Count);
        Assert.Equal(("p2", GuaranteeState.Holds, 1L, 0L, 0.01), (report.Guarantee!.Policy, report.Guarantee.State, report.Guarantee.Audits, report.Guarantee.Differences, report.Guarantee.Allowed));
    }
}
