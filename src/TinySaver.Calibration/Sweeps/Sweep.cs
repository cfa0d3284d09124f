using System.Buffers;
using TinySaver.Calibration.Guarantees;

namespace TinySaver.Calibration.Sweeps;

/// <summary>Evaluates every exit threshold of a saver in one pass over its images, sorted by confidence once: O(n) after the sort.</summary>
public static class Sweep
{
    // A confidence in [0, 1] has float bits below 2^30, in the same order as the numbers: three radix passes of 10 bits sort them.
    private const int DigitBits = 10;
    private const int Digits = 1 << DigitBits;
    private const int Passes = 3;

    // Each sort key is one ulong: confidence bits above, below them the four bits of the saver's outcome and of the escalated answer's, so that
    // nothing is looked up after sorting.
    private const int OutcomeBits = 4;
    private const int BitsBelow = 2 * OutcomeBits;
    private const PairedOutcome AnyOutcome = PairedOutcome.SaverCorrect | PairedOutcome.LargeCorrect | PairedOutcome.Disagree | PairedOutcome.Unlabelled;

    /// <summary>One point for every distinct confidence, from the highest down; images of equal confidence exit together.</summary>
    /// <param name="confidences">The saver's confidence of every image, in [0, 1].</param>
    /// <param name="outcomes">How saver and large model did on the same images.</param>
    /// <param name="escalated">How the answers to escalated images and the large model alone would do on the same images; empty where they are the same.</param>
    /// <returns>A curve with at most as many points as images; without points where there are no images.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A confidence is NaN or outside of [0, 1].</exception>
    public static SweepCurve Of(ReadOnlySpan<float> confidences, ReadOnlySpan<PairedOutcome> outcomes, ReadOnlySpan<PairedOutcome> escalated = default)
    {
        if (confidences.Length != outcomes.Length || (!escalated.IsEmpty && escalated.Length != outcomes.Length))
            throw new ArgumentException($"{confidences.Length} confidences for {outcomes.Length} outcomes and {escalated.Length} of escalated images: there must be one for each image.");

        int count = confidences.Length;
        ulong[] keys = ArrayPool<ulong>.Shared.Rent(count);
        ulong[] scratch = ArrayPool<ulong>.Shared.Rent(count);
        try
        {
            Pack(confidences, outcomes, escalated, keys);
            ReadOnlySpan<ulong> sorted = SortDescending(keys.AsSpan(0, count), scratch.AsSpan(0, count));
            Differences all = PairedOutcomes.Sum(escalated);
            return new SweepCurve(count, Accumulate(sorted, all), all);
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(keys);
            ArrayPool<ulong>.Shared.Return(scratch);
        }
    }

    private static void Pack(
        ReadOnlySpan<float> confidences, ReadOnlySpan<PairedOutcome> outcomes, ReadOnlySpan<PairedOutcome> escalated, Span<ulong> keys)
    {
        for (int i = 0; i < confidences.Length; i++)
        {
            float confidence = confidences[i];
            if (confidence is not (>= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(confidences), confidence, $"Image {i} has a confidence that is not a number between 0 and 1.");
            }

            // Adding +0 turns −0 into +0, whose bits sort below all others.
            uint bits = BitConverter.SingleToUInt32Bits(confidence + 0f);
            ulong ifEscalated = escalated.IsEmpty ? 0 : (ulong)escalated[i];
            keys[i] = ((ulong)bits << BitsBelow) | (ifEscalated << OutcomeBits) | (ulong)outcomes[i];
        }
    }

    // Least-significant-digit radix sort. All histograms come from one read; a pass whose digit is the same for all is skipped.
    private static Span<ulong> SortDescending(Span<ulong> keys, Span<ulong> scratch)
    {
        Span<int> counts = stackalloc int[Passes * Digits];
        counts.Clear();
        foreach (ulong key in keys)
        {
            for (int pass = 0; pass < Passes; pass++)
                counts[(pass * Digits) + Digit(key, pass)]++;
        }

        for (int pass = 0; pass < Passes && !keys.IsEmpty; pass++)
        {
            Span<int> starts = counts.Slice(pass * Digits, Digits);
            if (starts[Digit(keys[0], pass)] == keys.Length)
                continue;

            int next = 0;
            for (int digit = Digits - 1; digit >= 0; digit--)
                (starts[digit], next) = (next, next + starts[digit]);

            foreach (ulong key in keys)
                scratch[starts[Digit(key, pass)]++] = key;

            Span<ulong> other = keys;
            keys = scratch;
            scratch = other;
        }

        return keys;

        static int Digit(ulong key, int pass) => (int)(key >> (BitsBelow + (pass * DigitBits))) & (Digits - 1);
    }

    private static SweepPoint[] Accumulate(ReadOnlySpan<ulong> sorted, Differences escalated)
    {
        int distinct = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (EndsGroup(sorted, i))
                distinct++;
        }

        SweepPoint[] points = GC.AllocateUninitializedArray<SweepPoint>(distinct);
        int next = 0;
        int saver = 0, large = 0, losses = 0, disagreements = 0, unlabelled = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            int outcome = (int)sorted[i];
            if (((PairedOutcome)(outcome >> OutcomeBits) & AnyOutcome) is not 0 and var whenEscalated)
                escalated -= whenEscalated.Differences();

            int saverRight = outcome & 1;
            int largeRight = (outcome >> 1) & 1;
            saver += saverRight;
            large += largeRight;
            losses += largeRight & ~saverRight;
            disagreements += (outcome >> 2) & 1;
            unlabelled += (outcome >> 3) & 1;
            if (EndsGroup(sorted, i))
            {
                float threshold = BitConverter.UInt32BitsToSingle((uint)(sorted[i] >> BitsBelow));
                points[next++] = new SweepPoint(threshold, i + 1, saver, large, losses, disagreements, unlabelled, escalated);
            }
        }

        return points;
    }

    private static bool EndsGroup(ReadOnlySpan<ulong> sorted, int i) =>
        i + 1 == sorted.Length || sorted[i] >> BitsBelow != sorted[i + 1] >> BitsBelow;
}
