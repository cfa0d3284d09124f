using SkiaSharp;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Pooling;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Cascades;

/// <summary>What the savers of a cascade say of one image.</summary>
/// <param name="Prediction">What the saver says alone at which the image exits, or else the last.</param>
/// <param name="Answer">Its answer: pooled with those of the savers before it where the policy says so, else the same.</param>
/// <param name="Evidence">What each saver that was asked says, in their order; empty where the policy does not pool and not all were asked.</param>
/// <param name="SaverIndex">Which saver that was, from 0.</param>
/// <param name="Exits">Whether the image exits there; else it goes to the large model.</param>
/// <param name="Macs">Multiply-accumulate operations spent by all savers that were asked.</param>
public readonly record struct SaverAnswer(
    Prediction Prediction, Prediction Answer, IReadOnlyList<Evidence> Evidence, int SaverIndex, bool Exits, long Macs);

/// <summary>A cascade policy with its models in memory. Safe to share between threads.</summary>
public sealed class Cascade : IDisposable
{
    private readonly IReadOnlyList<CascadeModel>? _savers;
    private readonly CascadeModel? _large;
    private readonly bool _pools;

    internal Cascade(CascadePolicy policy, IReadOnlyList<string> labels, IReadOnlyList<CascadeModel>? savers, CascadeModel? large)
    {
        Policy = policy;
        PolicyId = policy.Id;
        Labels = labels;
        LargeMacs = large?.Macs ?? policy.Large.Macs;
        _savers = savers;
        _large = large;
        _pools = policy.Pools;
    }

    /// <summary>The policy.</summary>
    public CascadePolicy Policy { get; }

    /// <summary>The policy's id.</summary>
    public string PolicyId { get; }

    /// <summary>The label texts of the large model, in which every prediction is expressed; the index is the identity.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The large model's multiply-accumulate operations for one image; null where only the savers are loaded and the policy does not say.</summary>
    public long? LargeMacs { get; }

    /// <summary>The large model's short content hash; null where only the savers are loaded and the policy does not say.</summary>
    public string? LargeHash => _large?.ShortHash ?? Policy.Large.ShortHash;

    /// <summary>The savers, in the order in which they see an image; may be empty.</summary>
    /// <exception cref="InvalidOperationException">They were not asked for when the cascade was loaded.</exception>
    public IReadOnlyList<CascadeModel> Savers => _savers ?? throw new InvalidOperationException("The cascade was loaded without its savers.");

    /// <summary>The large model.</summary>
    /// <exception cref="InvalidOperationException">It was not asked for when the cascade was loaded.</exception>
    public CascadeModel Large => _large ?? throw new InvalidOperationException("The cascade was loaded without its large model.");

    /// <summary>Asks the savers in order until one is confident enough; null where there are none.</summary>
    /// <param name="image">The image.</param>
    /// <param name="all">Whether those after it are asked too, for their evidence alone.</param>
    /// <exception cref="InvalidOperationException">The savers were not asked for when the cascade was loaded.</exception>
    /// <exception cref="PermanentFailureException">A saver's numbers for this image are not finite.</exception>
    public SaverAnswer? AskSavers(DecodedImage image, bool all = false)
    {
        SaverAnswer? answer = null;
        List<Evidence>? evidence = _pools || all ? new(Savers.Count) : null;
        long macs = 0L;
        for (int i = 0; i < Savers.Count && answer is not { Exits: true }; i++)
        {
            SaverPolicy saver = Policy.Savers[i];
            Prediction alone = Savers[i].Predict(image, evidence is not null);
            evidence?.Add(alone.Evidence!);
            macs += Savers[i].Macs;
            Prediction said = saver.Weights is { } weights ? Pool(evidence!, weights, saver.Measure) : alone;
            answer = new(alone, said, evidence ?? [], i, ExitDecision.Exits(said.Confidence, saver.Threshold), macs);
        }

        return all && answer is { Exits: true } exited ? exited with { Macs = macs + AskRest(image, evidence!) } : answer;
    }

    /// <summary>The cascade's answer to an escalated image: the large model's, pooled with what the savers say where the policy says so.</summary>
    /// <param name="evidence">What each saver says, in their order; not looked at where the policy gives the large model no weights.</param>
    /// <param name="alone">What the large model says alone.</param>
    public Prediction AnswerEscalated(IReadOnlyList<Evidence> evidence, Prediction alone) =>
        Policy.LargeWeights is { } weights ? Pool([.. evidence, alone.Evidence!], weights, ConfidenceMeasure.MaxProbability) : alone;

    /// <summary>Decodes an image each of the two ways and runs every loaded model on it, so that no image pays for what happens only the first time.</summary>
    public void WarmUp()
    {
        // A plain JPEG takes our own decoder, all others take Skia's.
        foreach (SKEncodedImageFormat format in (ReadOnlySpan<SKEncodedImageFormat>)[SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg])
        {
            using SKData encoded = BlankImage(format);
            using DecodedImage image = ImageDecoder.Decode(encoded.AsSpan());
            WarmUp(image);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CascadeModel model in Models())
            model.Dispose();
    }

    internal static SKData BlankImage(SKEncodedImageFormat format)
    {
        using var blank = new SKBitmap(64, 64, SKColorType.Rgba8888, SKAlphaType.Opaque);
        blank.Erase(SKColors.Black);
        return blank.Encode(format, 90);
    }

    private void WarmUp(DecodedImage image)
    {
        // Each saver, for the first may be so sure that the others are never asked.
        foreach (CascadeModel model in Models())
        {
            try
            {
                model.Predict(image);
            }
            catch (PermanentFailureException)
            {
                // Numbers that are not finite for a black image say nothing of the images to come.
            }
        }
    }

    private long AskRest(DecodedImage image, List<Evidence> evidence)
    {
        long macs = 0;
        try
        {
            for (int i = evidence.Count; i < Savers.Count; i++)
            {
                macs += Savers[i].Macs;
                evidence.Add(Savers[i].Predict(image, evidence: true).Evidence!);
            }
        }
        catch (PermanentFailureException)
        {
            // The image has its label, and a model that was asked besides takes it from no image.
        }

        return macs;
    }

    private Prediction Pool(IReadOnlyList<Evidence> evidence, IReadOnlyList<double> weights, ConfidenceMeasure measure)
    {
        var pool = new OpinionPool(Labels.Count);
        foreach ((Evidence said, double weight) in evidence.Zip(weights))
            pool.Add(said, weight);

        ClassPrediction[] top = [.. pool.Likeliest(Predictions.DefaultTopK).Select(c => new ClassPrediction(c.ClassIndex, Labels[c.ClassIndex], c.Probability))];
        return new(top[0].ClassIndex, top[0].Label, pool.Confidence(measure), top);
    }

    private IEnumerable<CascadeModel> Models() => [.. _savers ?? [], .. _large is null ? (CascadeModel[])[] : [_large]];
}
