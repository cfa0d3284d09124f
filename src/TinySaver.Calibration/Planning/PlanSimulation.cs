using TinySaver.Calibration.Costs;

namespace TinySaver.Calibration.Planning;

/// <summary>Simulates a day of the pipeline from the uploads to the last label, starting cold. Pure and seeded.</summary>
/// <param name="arrivals">The uploads.</param>
/// <param name="exitRate">Share of the images that exit at the savers, in [0, 1].</param>
/// <param name="platform">How Azure delivers, scales and starts.</param>
/// <param name="billing">How activity is charged.</param>
/// <param name="seed">The seed of chance.</param>
/// <param name="cancellationToken">Ends a simulation with an <see cref="OperationCanceledException"/>: a long day takes minutes.</param>
public sealed class PlanSimulation(Arrivals arrivals, double exitRate, Platform platform, FunctionPrices billing, int seed, CancellationToken cancellationToken = default)
{
    /// <summary>Parts of the curves: of a day, five minutes each.</summary>
    public const int CurveParts = 288;

    /// <summary>The uploads.</summary>
    public Arrivals Arrivals => arrivals;

    /// <summary>Share of the images that exit at the savers.</summary>
    public double ExitRate => exitRate;

    /// <summary>How Azure delivers, scales and starts.</summary>
    public Platform Platform => platform;

    /// <summary>The same day with one of so many images, on instances that start as many times more slowly.</summary>
    public PlanSimulation Thinned(int by) => new(
        arrivals.Thinned(by), exitRate, platform with { FlexInstancesPerLook = Math.Max(1, platform.FlexInstancesPerLook / by) }, billing, seed, cancellationToken);

    /// <summary>The cascade, with one tiny app before each of some large apps: what the tiny app does is the same before all of them, and simulated once.</summary>
    /// <param name="tiny">The tiny app.</param>
    /// <param name="larges">The large apps.</param>
    /// <returns>A result for each large app, in order.</returns>
    public IReadOnlyList<PlanOutcome> Cascade(TinySettings tiny, IReadOnlyList<LargeSettings> larges)
    {
        var queue = new LargeApps(larges, arrivals.Seconds, platform, billing);
        (LatencyCurve exits, FleetUse use) = Tiny(tiny, queue.Arrive);
        return queue.Finish(tiny, exits, use);
    }

    /// <summary>The tiny app alone: the latencies of what exits, and what it used.</summary>
    public (LatencyCurve Exits, FleetUse Use) Tiny(TinySettings tiny) => Tiny(tiny, (_, _) => { });

    /// <summary>The large model alone, fed through the same queue by an event subscription.</summary>
    /// <param name="larges">The large apps.</param>
    /// <returns>A result for each, in order.</returns>
    public IReadOnlyList<PlanOutcome> LargeOnly(IReadOnlyList<LargeSettings> larges)
    {
        var queue = new LargeApps(larges, arrivals.Seconds, platform, billing);
        foreach (double at in arrivals.Draw(new Random(seed)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            queue.Arrive(at + platform.EventSeconds, at);
        }

        return queue.Finish(null, Curve(arrivals.Seconds), null);
    }

    private (LatencyCurve Exits, FleetUse Use) Tiny(TinySettings tiny, Action<double, double> escalate)
    {
        LatencyCurve exits = Curve(arrivals.Seconds);
        var choice = new Random(seed + 1);
        double last = 0;
        var fleet = new Fleet(tiny.Fleet(platform), billing, new(arrivals.Seconds, CurveParts), Done);
        foreach (double at in arrivals.Draw(new Random(seed)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            fleet.Arrive(at + platform.EventSeconds, at);
        }

        return (exits, fleet.Finish(arrivals.Seconds));

        void Done(double uploaded, double at)
        {
            if (choice.NextDouble() < exitRate)
            {
                exits.Add(uploaded, at);
                return;
            }

            // The queue keeps the order in which work began; an escalation that overtakes another is counted as if it came with it.
            last = Math.Max(last, at);
            escalate(last, uploaded);
        }
    }

    private static LatencyCurve Curve(double seconds) => new(seconds, CurveParts);

    // Large apps that don't know of each other, before the same queue: all processors work on them, a block of images at a time.
    private sealed class LargeApps
    {
        private readonly (LargeSettings Settings, LatencyCurve Latency, Fleet Fleet)[] _apps;
        private readonly (double At, double Uploaded)[] _block = new (double, double)[65_536];
        private readonly double _seconds;
        private int _count;

        public LargeApps(IReadOnlyList<LargeSettings> larges, double seconds, Platform platform, FunctionPrices billing)
        {
            _seconds = seconds;
            _apps = [.. larges.Select(large =>
            {
                LatencyCurve latency = Curve(seconds);
                return (large, latency, new Fleet(large.Fleet(platform), billing, new(seconds, CurveParts), latency.Add));
            })];
        }

        public void Arrive(double at, double uploaded)
        {
            _block[_count++] = (at, uploaded);
            if (_count == _block.Length)
                Flush();
        }

        public IReadOnlyList<PlanOutcome> Finish(TinySettings? tiny, LatencyCurve exits, FleetUse? tinyUse)
        {
            Flush();
            return [.. _apps.Select(app => new PlanOutcome(tiny, app.Settings, exits, app.Latency, tinyUse, app.Fleet.Finish(_seconds)))];
        }

        private void Flush()
        {
            Parallel.ForEach(_apps, app =>
            {
                foreach ((double at, double uploaded) in _block.AsSpan(0, _count))
                    app.Fleet.Arrive(at, uploaded);
            });
            _count = 0;
        }
    }
}

/// <summary>What a simulated time came to.</summary>
/// <param name="Tiny">The tiny app's settings; null for the large model alone.</param>
/// <param name="Large">The large app's settings.</param>
/// <param name="Exits">From upload to the label, of the images that the tiny app labelled.</param>
/// <param name="Escalated">The same of those that the large model labelled.</param>
/// <param name="TinyUse">What the tiny app used; null for the large model alone.</param>
/// <param name="LargeUse">What the large app used.</param>
public sealed record PlanOutcome(TinySettings? Tiny, LargeSettings Large, LatencyCurve Exits, LatencyCurve Escalated, FleetUse? TinyUse, FleetUse LargeUse)
{
    // What was uploaded in the last minutes of a day may be labelled in the first of the next.
    private const double Grace = 0.05;

    /// <summary>From upload to the final label, of all images.</summary>
    public LatencyCurve Latency { get; } = Exits.With(Escalated);

    /// <summary>When the last image was labelled, in seconds from the beginning.</summary>
    public double LastLabel => Math.Max(TinyUse?.LastDone ?? 0, LargeUse.LastDone);

    /// <summary>Whether the work of the time was done when it ended, but for a twentieth of it: otherwise the backlog grows from day to day.</summary>
    public bool KeepsUp(Arrivals arrivals) => LastLabel <= arrivals.Seconds * (1 + Grace);
}
