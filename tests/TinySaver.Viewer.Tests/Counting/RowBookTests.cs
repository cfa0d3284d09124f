using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Status;
using TinySaver.Viewer.Counting;
using TinySaver.Viewer.Policies;
using TinySaver.Viewer.Tests.Safety;

namespace TinySaver.Viewer.Tests.Counting;

public sealed class RowBookTests(OneViewer viewer) : IClassFixture<OneViewer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Latest_SaysWhatStatusSays_AlsoAfterChangesAndDeletions()
    {
        ViewerSources sources = viewer.Sources;
        LabelRow tiny = new("a/1", new(DateTimeOffset.UtcNow.AddHours(-1), "0x1"), LabelStatus.Labelled, Label: "pits", ClassIndex: 2, Confidence: 1, DecidedBy: Decider.Tiny, TinyClassIndex: 2, StageMilliseconds: 2);
        LabelRow[] rows =
        [
            tiny, tiny with { Name = "a/2", LargeLabel = "pits", LargeClassIndex = 2 }, tiny with { Name = "a/3", LargeLabel = "none", LargeClassIndex = 0 },
            tiny with { Name = "a/4", DecidedBy = Decider.Large, LargeLabel = "pits", LargeClassIndex = 2 }, new LabelRow("b/5", tiny.Version), new LabelRow("b/6", tiny.Version).FailedFor(FailureReason.Damaged, "d"),
        ];
        foreach (LabelRow row in rows)
            await sources.Labels.TryInsertAsync(row, Cancellation);

        using (var image = new MemoryStream([1]))
            await sources.Images.UploadAsync("c/new", image, [], Cancellation);

        using var policies = new PolicyBook(sources.Files, TimeProvider.System);
        var book = new RowBook(sources, policies, TimeProvider.System);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task reading = book.RunAsync(ending.Token);
        using IDisposable watch = book.Watch();
        await AgreesAsync(6);
        await sources.Labels.TryInsertAsync(tiny with { Name = "a/7" }, Cancellation);
        await AgreesAsync(7);
        await sources.Labels.TryDeleteAsync("a/7", (await sources.Labels.GetAsync("a/7", Cancellation))!.RowTag, Cancellation);
        await AgreesAsync(6);
        Overview latest = book.Latest!;
        Assert.Equal(3 / 5.0, latest.ExitRate);
        Assert.Equal((2L, 0.5), (latest.Status.ShadowAnswers, latest.Status.ShadowAgreement));
        await ending.CancelAsync();
        await reading;

        async Task AgreesAsync(long all)
        {
            while (book.Latest is not { Reading: null } now || now.Status.LabelledByTiny + now.Status.LabelledByLarge + now.Status.WaitingForLarge + now.Status.Failed != all)
                await book.Changed.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

            StatusReport status = await new StatusReader(sources.Account, sources.Images, sources.Labels, sources.Escalations, TimeProvider.System).ReadAsync(Cancellation);
            Assert.Equivalent(status with { OldestWaiting = null }, book.Latest.Status with { OldestWaiting = null }, strict: true);
            Assert.Equal(status.OldestWaiting!.Name, book.Latest.Status.OldestWaiting!.Name);
        }
    }
}
