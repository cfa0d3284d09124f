using TinySaver.Calibration.Costs;

namespace TinySaver.Calibration.Planning;

/// <summary>Simulates a day of the pipeline from the uploads to the last label, starting cold. Pure and seeded.</summary>
/// <param name="arrivals">The uploads.</param>
/// <param name="exitRate">Share of the images that exit at the savers, in [0, 1].</param>
/// <param name="platform">How Azure delivers, scales and starts.</param>
/// <param name="billing">How activity is charged.</param>
/// <param name="seed">The seed of chance.</param>
public sealed class PlanSimulation(Arrivals arrivals, double exitRate, Platform platform, FunctionPrices billing, int seed)
{
    /// <summary>Parts of the curves: of a day, five minutes each.</summary>
    public const int CurveParts = 288;

    /// <summary>The uploads.</summary>
    public Arrivals Arrivals => arrivals;

    /// <summary>The cascade, with one tiny app before each of some large apps: what the tiny app does is the same before all of them, and simulated once.</summary>
    /// <param name="tiny">The tiny app.</param>
    /// <param name="larges">The large apps; none to see the tiny app alone, whose escalations then go nowhere.</param>
    /// <param name="parts">Parts of the curves.</param>
    /// <returns>A result for each large app, in order; the tiny app's own where there is none.</returns>
    public IReadOnlyList<PlanOutcome> Cascade(TinySettings tiny, IReadOnlyList<LargeSettings> larges, int parts = 1)
    {
        LargeSide[] sides = [.. larges.Select(l => new LargeSide(l, arrivals.Seconds, parts, platform, billing))];
        var exits = new LatencyCurve(arrivals.Seconds, parts);
        var choice = new Random(seed + 1);
        double last = 0;
        long escalated = 0;
        var fleet = new Fleet(tiny.Fleet(platform), billing, new(arrivals.Seconds, parts), Done);
        foreach (double at in arrivals.Draw(new Random(seed)))
            fleet.Arrive(at + platform.EventSeconds, at);

        FleetUse use = fleet.Finish(arrivals.Seconds);
        if (sides.Length == 0)
            return [new(tiny, null, escalated, exits, use, null)];

        return [.. sides.Select(side => side.Finish(exits) with { Tiny = tiny, TinyUse = use })];

        void Done(double uploaded, double at)
        {
            if (choice.NextDouble() < exitRate)
            {
                exits.Add(uploaded, at);
                return;
            }

            // The queue keeps the order in which work began; an escalation that overtakes another is counted as if it came with it.
            last = Math.Max(last, at);
            escalated++;
            foreach (LargeSide side in sides)
                side.Fleet.Arrive(last, uploaded);
        }
    }

    /// <summary>The large model alone, fed through the same queue by an event subscription.</summary>
    /// <param name="larges">The large apps.</param>
    /// <param name="parts">Parts of the curves.</param>
    public IReadOnlyList<PlanOutcome> LargeOnly(IReadOnlyList<LargeSettings> larges, int parts = 1)
    {
        LargeSide[] sides = [.. larges.Select(l => new LargeSide(l, arrivals.Seconds, parts, platform, billing))];
        foreach (double at in arrivals.Draw(new Random(seed)))
        {
            foreach (LargeSide side in sides)
                side.Fleet.Arrive(at + platform.EventSeconds, at);
        }

        return [.. sides.Select(side => side.Finish(new(arrivals.Seconds, parts)))];
    }

    private sealed class LargeSide(LargeSettings settings, double seconds, int parts, Platform platform, FunctionPrices billing)
    {
        private readonly LatencyCurve _own = new(seconds, parts);
        private Fleet? _fleet;

        public Fleet Fleet => _fleet ??= new(settings.Fleet(platform), billing, new(seconds, parts), _own.Add);

        /// <summary>Works on to the end, and adds the latencies of the images that never came here.</summary>
        public PlanOutcome Finish(LatencyCurve exits)
        {
            FleetUse use = Fleet.Finish(seconds);
            long escalated = _own.Count;
            _own.Add(exits);
            return new(null, settings, escalated, _own, null, use);
        }
    }
}

/// <summary>What a simulated time came to.</summary>
/// <param name="Tiny">The tiny app's settings; null for the large model alone.</param>
/// <param name="Large">The large app's settings; null for the tiny app alone.</param>
/// <param name="Escalated">Images that the large model labelled.</param>
/// <param name="Latency">From upload to the final label.</param>
/// <param name="TinyUse">What the tiny app used.</param>
/// <param name="LargeUse">What the large app used.</param>
public sealed record PlanOutcome(TinySettings? Tiny, LargeSettings? Large, long Escalated, LatencyCurve Latency, FleetUse? TinyUse, FleetUse? LargeUse)
{
    // What was uploaded in the last minutes of a day may be labelled in the first of the next.
    private const double Grace = 0.05;

    /// <summary>When the last image was labelled, in seconds from the beginning.</summary>
    public double LastLabel => Math.Max(TinyUse?.LastDone ?? 0, LargeUse?.LastDone ?? 0);

    /// <summary>Whether the work of the time was done when it ended, but for a twentieth of it: otherwise the backlog grows from day to day.</summary>
    public bool KeepsUp(Arrivals arrivals) => LastLabel <= arrivals.Seconds * (1 + Grace);
}
