namespace TinySaver.Calibration.Planning;

/// <summary>Finds the cheapest settings that label fast enough.</summary>
/// <param name="simulation">The day.</param>
/// <param name="dollars">What a month of a simulated day costs.</param>
/// <param name="p95">Seconds within which 95 % of the images must have their final label.</param>
public sealed class SettingsSearch(PlanSimulation simulation, Func<PlanOutcome, double> dollars, double p95)
{
    private static readonly (int Megabytes, double VirtualCpus)[] Sizes = [(512, 0.25), (2048, 1), (4096, 2)];
    private static readonly int[] InFlights = [4, 8, 16];
    private static readonly int[] Batches = [8, 16, 32, 64];

    /// <summary>The cheapest cascade: first the tiny app, whose images must not be late already when they reach the queue, then the large app after it.</summary>
    /// <param name="tiny">The tiny app's work, whose sizes and images in flight are searched.</param>
    /// <param name="large">The large app's work, whose batches and replicas are searched.</param>
    public PlanChoice Cascade(TinySettings tiny, LargeSettings large)
    {
        PlanOutcome[] tinies = [.. Sizes.SelectMany(size => InFlights.Select(inFlight => Roomy(tiny with { MemoryMegabytes = size.Megabytes, VirtualCpus = size.VirtualCpus, InFlight = inFlight })))
            .Select(t => simulation.Cascade(t, [])[0])];
        TinySettings best = Best(tinies, o => o.TinyUse!.ChargedSeconds * o.Tiny!.MemoryMegabytes).Outcome.Tiny!;
        double load = tinies[0].Escalated * large.ImageSeconds / simulation.Arrivals.Seconds;
        IReadOnlyList<PlanOutcome> outcomes = simulation.Cascade(best, Candidates(large, load, Batches));
        return Best(outcomes, dollars);
    }

    /// <summary>The cheapest large app that labels all images alone.</summary>
    /// <param name="large">Its work and its batches; its replicas are searched.</param>
    public PlanChoice LargeOnly(LargeSettings large) =>
        Best(simulation.LargeOnly(Candidates(large, simulation.Arrivals.Total * large.ImageSeconds / simulation.Arrivals.Seconds, [large.Batch])), dollars);

    // An instance that does not work costs nothing: twice as many as the peak asks for, within what infra/main.bicep takes.
    private TinySettings Roomy(TinySettings tiny)
    {
        double peak = simulation.Arrivals.Images.Max() / simulation.Arrivals.StepSeconds;
        return tiny with { MaximumInstances = (int)Math.Clamp(Math.Ceiling(2 * peak * tiny.Seconds(tiny.InFlight) / tiny.InFlight), 40, 1_000) };
    }

    // As many replicas as the mean load asks for, and up to sixteen times as many for its peaks; none of them awake, one, half or all.
    private static LargeSettings[] Candidates(LargeSettings large, double load, IReadOnlyList<int> batches)
    {
        int least = Math.Max(1, (int)Math.Ceiling(load));
        return [.. from batch in batches
                   from maximum in new[] { least, 2 * least, 4 * least, 16 * least }
                   where maximum <= MostReplicas || maximum == least
                   from minimum in new[] { 0, 1, maximum / 2, maximum }.Distinct()
                   select large with { Batch = batch, MinimumReplicas = Math.Min(minimum, MostReplicas), MaximumReplicas = Math.Min(maximum, MostReplicas) }];
    }

    // infra/large.bicep takes no more.
    private const int MostReplicas = 300;

    private PlanChoice Best(IReadOnlyList<PlanOutcome> outcomes, Func<PlanOutcome, double> price)
    {
        PlanOutcome[] kept = [.. outcomes.Where(o => o.Latency.Quantile(0.95) <= p95 && o.KeepsUp(simulation.Arrivals))];
        return kept.Length > 0
            ? new(kept.MinBy(price)!, Keeps: true, outcomes.Count)
            : new(outcomes.OrderBy(o => !o.KeepsUp(simulation.Arrivals)).ThenBy(o => o.Latency.Quantile(0.95)).First(), Keeps: false, outcomes.Count);
    }
}

/// <summary>What a search chose.</summary>
/// <param name="Outcome">The simulated day with the chosen settings: the cheapest that keep the aim, else the fastest.</param>
/// <param name="Keeps">Whether they keep it.</param>
/// <param name="Candidates">How many settings of the last step were simulated.</param>
public sealed record PlanChoice(PlanOutcome Outcome, bool Keeps, int Candidates);
