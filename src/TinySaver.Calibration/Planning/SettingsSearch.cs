using System.Numerics;

namespace TinySaver.Calibration.Planning;

/// <summary>Finds the settings that label fast enough with the fewest paid seconds.</summary>
/// <remarks>
/// A long day is thinned to compare settings: one of some images comes, to as many times fewer instances of the tiny app, and stands for all of them
/// at the large one. What is chosen is then simulated in full, and that alone says whether the aim is kept.
/// </remarks>
/// <param name="simulation">The day.</param>
/// <param name="p95">Seconds within which 95 % of the images must have their final label, and 95 % of the escalated ones alone.</param>
/// <param name="megapixels">The largest images, which an instance's memory must hold; by default a phone's.</param>
public sealed class SettingsSearch(PlanSimulation simulation, double p95, double megapixels = 12)
{
    // What docs/operate.md measured: more images in flight than keep the processor busy only lengthen the wait.
    private static readonly (int Megabytes, double VirtualCpus, int[] InFlight)[] Sizes = [(512, 0.25, [4]), (2048, 1, [8, 16]), (4096, 2, [8, 16])];
    private static readonly int[] Batches = [16, 32, 64];

    // infra/main.bicep and infra/large.bicep take no more.
    private const int MostInstances = 1_000;
    private const int MostReplicas = 300;

    // A thinned day has no fewer, where a whole one has more.
    private const double FewestImages = 3_000_000;

    // Settings that kept the aim on the thinned day and miss it in full are close to it: the next dearer one is not far.
    private const int Tries = 2;

    /// <summary>The cheapest tiny app whose images can be in time, and the cheapest large app after it.</summary>
    /// <param name="tiny">The tiny app's work, whose sizes and images in flight are searched.</param>
    /// <param name="large">The large app's work, whose batches and replicas are searched.</param>
    public PlanChoice Cascade(TinySettings tiny, LargeSettings large)
    {
        int by = Thinning(Batches[0]);
        PlanSimulation thinned = simulation.Thinned(by);
        LargeSettings[] candidates = Candidates(large, 1 - simulation.ExitRate, Batches);
        var late = new List<(double P95, TinySettings Tiny, LargeSettings Large)>();
        foreach (TinySettings size in Ranked(tiny))
        {
            IReadOnlyList<PlanOutcome> rough = thinned.Cascade(size with { MaximumInstances = (int)Math.Ceiling((double)size.MaximumInstances / by) }, Lumped(candidates, by));
            if (Cheapest(candidates, rough, chosen => simulation.Cascade(size, [chosen])[0]) is { } kept)
                return new(kept, Keeps: true);

            int nearest = Nearest(rough);
            late.Add((P95(rough[nearest]), size, candidates[nearest]));
        }

        (_, TinySettings nearestTiny, LargeSettings nearestLarge) = late.MinBy(l => l.P95);
        return new(simulation.Cascade(nearestTiny, [nearestLarge])[0], Keeps: false);
    }

    /// <summary>The cheapest large app that labels all images alone, in the largest batches.</summary>
    /// <param name="large">Its work; its replicas are searched.</param>
    public PlanChoice LargeOnly(LargeSettings large)
    {
        int by = Thinning(Batches[^1]);
        LargeSettings[] candidates = Candidates(large, 1, Batches[^1..]);
        IReadOnlyList<PlanOutcome> rough = simulation.Thinned(by).LargeOnly(Lumped(candidates, by));
        return Cheapest(candidates, rough, Full) is { } kept ? new(kept, Keeps: true) : new(Full(candidates[Nearest(rough)]), Keeps: false);

        PlanOutcome Full(LargeSettings chosen) => simulation.LargeOnly([chosen])[0];
    }

    // Half a batch at most comes as one.
    private int Thinning(int batch) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(simulation.Arrivals.Total / FewestImages / 2, 1, batch / 2));

    private static LargeSettings[] Lumped(LargeSettings[] larges, int by) => [.. larges.Select(l => l.Lumped(by))];

    // By the memory and time that a full instance is paid for an image. One that does not work costs nothing: there are twice as many as the peak asks for.
    private IEnumerable<TinySettings> Ranked(TinySettings tiny) => Sizes
        .SelectMany(s => s.InFlight.Select(n => tiny with { MemoryMegabytes = s.Megabytes, VirtualCpus = s.VirtualCpus, InFlight = n }))
        .Where(t => t.NeededMegabytes(megapixels) <= t.MemoryMegabytes)
        .OrderBy(t => t.MemoryMegabytes * t.Seconds(t.InFlight) / t.InFlight)
        .Select(t => t with { MaximumInstances = (int)Math.Clamp(Math.Ceiling(2 * simulation.Arrivals.Peak * t.Seconds(t.InFlight) / t.InFlight), 40, MostInstances) });

    // As many replicas as the mean load asks for, and up to sixteen times as many for its peaks; none of them awake, one, half or all.
    private LargeSettings[] Candidates(LargeSettings large, double share, IReadOnlyList<int> batches) =>
        [.. from batch in batches
            let sized = large with { Batch = batch }
            let least = (int)Math.Clamp(Math.Ceiling(share * simulation.Arrivals.Total / simulation.Arrivals.Seconds * sized.BusySeconds(simulation.Platform)), 1, MostReplicas)
            from maximum in new[] { least, 2 * least, 4 * least, 16 * least }.Select(n => Math.Min(n, MostReplicas)).Distinct()
            from minimum in new[] { 0, 1, maximum / 2, maximum }.Distinct()
            select sized with { MinimumReplicas = minimum, MaximumReplicas = maximum }];

    // Null where none keeps the aim.
    private PlanOutcome? Cheapest(LargeSettings[] candidates, IReadOnlyList<PlanOutcome> rough, Func<LargeSettings, PlanOutcome> full) => rough.Index()
        .Where(c => Keeps(c.Item)).OrderBy(c => c.Item.LargeUse.InstanceSeconds).Take(Tries).Select(c => full(candidates[c.Index])).FirstOrDefault(Keeps);

    private int Nearest(IReadOnlyList<PlanOutcome> rough) => rough.Index().OrderBy(c => !c.Item.KeepsUp(simulation.Arrivals)).ThenBy(c => P95(c.Item)).First().Index;

    private bool Keeps(PlanOutcome outcome) => P95(outcome) <= p95 && outcome.KeepsUp(simulation.Arrivals);

    private static double P95(PlanOutcome outcome) => Math.Max(outcome.Latency.Quantile(0.95), outcome.Escalated.Quantile(0.95));
}

/// <summary>What a search chose.</summary>
/// <param name="Outcome">The simulated day with the chosen settings: the cheapest that keep the aim, else those that come nearest.</param>
/// <param name="Keeps">Whether they keep it.</param>
public sealed record PlanChoice(PlanOutcome Outcome, bool Keeps);
