using Microsoft.Extensions.Time.Testing;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Labels;

public sealed class LabelWriterTests
{
    private static readonly DateTimeOffset Second = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly IReadOnlyList<ClassPrediction> NoClasses = [];

    private readonly FakeTimeProvider _time = new(Second);
    private readonly InMemoryImages _images;
    private readonly Faults _faults = new();
    private readonly InMemoryLabels _labels;
    private readonly LabelWriter _writer;

    public LabelWriterTests()
    {
        _images = new InMemoryImages(_time, new Random(7));
        _labels = new InMemoryLabels(_time, _faults);
        _writer = new LabelWriter(_labels, _images);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteAsync_NewImage_IsWritten()
    {
        LabelRow row = Row("0x1", LabelStatus.Escalated);

        RowWrite write = await _writer.WriteAsync(row, null, Cancellation);

        StoredRow stored = (await _labels.GetAsync("a", Cancellation))!;
        Assert.Equal(row, stored.Row);
        Assert.Equal(new RowWrite(row, stored.RowTag), write);
    }

    [Fact]
    public async Task WriteAsync_HigherRowThere_KeepsAndReturnsIt()
    {
        LabelRow labelled = Row("0x1", LabelStatus.Labelled, Decider.Large);
        await _writer.WriteAsync(labelled, null, Cancellation);

        Assert.Equal(new RowWrite(labelled, null), await _writer.WriteAsync(Row("0x1", LabelStatus.Escalated), null, Cancellation));
    }

    [Fact]
    public async Task WriteAsync_StaleKnownRow_ReadsAnew()
    {
        await _writer.WriteAsync(Row("0x1", LabelStatus.Escalated), null, Cancellation);
        StoredRow stale = (await _labels.GetAsync("a", Cancellation))!;
        LabelRow newer = Row("0x2", LabelStatus.Escalated) with { Version = new(Second.AddSeconds(1), "0x2") };
        await _writer.WriteAsync(newer, null, Cancellation);

        RowWrite write = await _writer.WriteAsync(Row("0x1", LabelStatus.Labelled, Decider.Large), stale, Cancellation);

        Assert.Equal(new RowWrite(newer, null), write);
    }

    [Fact]
    public async Task WriteAsync_TwoVersionsOfOneSecond_KeepsTheBlobsPresentOne()
    {
        ImageVersion first = await _images.UploadAsync("a", new MemoryStream([1]), [], Cancellation);
        ImageVersion second = await _images.UploadAsync("a", new MemoryStream([2]), [], Cancellation);
        Assert.True(first.IsAmbiguousWith(second));
        LabelRow newest = Row("", LabelStatus.Escalated) with { Version = second };
        LabelRow older = Row("", LabelStatus.Labelled, Decider.Large) with { Version = first };

        // Whichever comes first, and whichever way the random ETags sort.
        foreach (LabelRow[] order in new[] { new[] { newest, older }, [older, newest] })
        {
            var writer = new LabelWriter(new InMemoryLabels(_time), _images);
            await writer.WriteAsync(order[0], null, Cancellation);

            Assert.Equal(newest, (await writer.WriteAsync(order[1], null, Cancellation)).Row);
        }
    }

    [Fact]
    public async Task WriteAsync_ConcurrentWritersThatCrashAndRetry_EndInTheHighestRow()
    {
        int crashes = 0;
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var faults = new Faults
            {
                CrashBefore = _ => Chance(random, 0.2),
                CrashAfter = _ => Chance(random, 0.2),
            };
            var labels = new InMemoryLabels(_time, faults);
            var writer = new LabelWriter(labels, _images);
            LabelRow[] rows =
            [
                .. from age in Enumerable.Range(0, 3)
                   from row in new[]
                   {
                       Row("0x1", LabelStatus.Escalated), Row("0x1", LabelStatus.Failed), Row("0x1", LabelStatus.Labelled, Decider.Tiny),
                       Row("0x1", LabelStatus.Labelled, Decider.Large),
                   }
                   select row with { Version = new(Second.AddSeconds(age), $"0x{age}") },
            ];
            LabelRow highest = rows[^1];
            random.Shuffle(rows);

            await Task.WhenAll(rows.Select(row => Task.Run(() => WriteUntilDoneAsync(writer, row), Cancellation)));

            Assert.Equal(highest, (await labels.GetAsync("a", Cancellation))!.Row);
            crashes += faults.Crashes;
        }

        Assert.True(crashes > 0);
    }

    private static async Task WriteUntilDoneAsync(LabelWriter writer, LabelRow row)
    {
        while (true)
        {
            try
            {
                await writer.WriteAsync(row, null, Cancellation);
                return;
            }
            catch (CrashException)
            {
                // The trigger delivers again.
            }
        }
    }

    private static bool Chance(Random random, double share)
    {
        lock (random)
            return random.NextDouble() < share;
    }

    private static LabelRow Row(string etag, LabelStatus status, Decider? decidedBy = null) =>
        new("a", new(Second, etag), status) { DecidedBy = decidedBy, TopK = NoClasses };
}
