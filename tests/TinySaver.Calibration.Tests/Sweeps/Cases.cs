using FsCheck;
using FsCheck.Fluent;
using TinySaver.Calibration.Sweeps;

namespace TinySaver.Calibration.Tests.Sweeps;

/// <summary>Random images with many ties and confidences at the edges: 0, 1, multiples of 0.001 as floats and their neighbours.</summary>
internal static class Cases
{
    public static Arbitrary<Images> Arbitrary { get; } = Make().ToArbitrary();

    private static Gen<Images> Make()
    {
        Gen<float> onGrid = Gen.Choose(0, 1000).Select(k => (float)(k / 1000.0));
        Gen<float> confidence = Gen.OneOf(
            onGrid,
            onGrid.Select(c => Math.Max(0, MathF.BitDecrement(c))),
            onGrid.Select(c => Math.Min(1, MathF.BitIncrement(c))),
            Gen.Elements(0f, 1f, 0.5f, 0.9995f, 0.99999994f, float.Epsilon),
            Gen.Choose(0, int.MaxValue).Select(k => (float)(k / (double)int.MaxValue)));

        // Mostly right, so that the saver's accuracy hovers about the large model's.
        Gen<PairedOutcome> outcome = Gen.Elements(
            PairedOutcome.SaverCorrect | PairedOutcome.LargeCorrect,
            PairedOutcome.SaverCorrect | PairedOutcome.LargeCorrect,
            PairedOutcome.LargeCorrect | PairedOutcome.Disagree,
            PairedOutcome.SaverCorrect | PairedOutcome.Disagree,
            PairedOutcome.None,
            PairedOutcome.Disagree);
        return
            from size in Gen.Choose(0, 60)
            from confidences in Gen.ArrayOf(confidence, size)
            from outcomes in Gen.ArrayOf(outcome, size)
            select new Images(confidences, outcomes);
    }

    public sealed record Images(float[] Confidences, PairedOutcome[] Outcomes)
    {
        public override string ToString() => string.Join("; ", Confidences.Zip(Outcomes, (c, o) => $"{c:R} {o}"));
    }
}
