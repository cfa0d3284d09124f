using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Inference.Imaging;
using TinySaver.Inference.Models;

namespace TinySaver.Inference.Cascades;

/// <summary>What the savers of a cascade say of one image.</summary>
/// <param name="Prediction">The prediction of the saver that was asked last.</param>
/// <param name="SaverIndex">Which saver that was, from 0.</param>
/// <param name="Exits">Whether the image exits there; else it goes to the large model.</param>
/// <param name="Macs">Multiply-accumulate operations spent by all savers that were asked.</param>
public readonly record struct SaverAnswer(Prediction Prediction, int SaverIndex, bool Exits, long Macs);

/// <summary>A cascade policy with its models in memory. Safe to share between threads.</summary>
public sealed class Cascade : IDisposable
{
    private readonly IReadOnlyList<CascadeModel>? _savers;
    private readonly CascadeModel? _large;
    private readonly double[] _thresholds;

    internal Cascade(CascadePolicy policy, IReadOnlyList<string> labels, IReadOnlyList<CascadeModel>? savers, CascadeModel? large)
    {
        Policy = policy;
        PolicyId = policy.Id;
        Labels = labels;
        LargeMacs = large?.Macs ?? policy.Large.Macs;
        _savers = savers;
        _large = large;
        _thresholds = [.. policy.Savers.Select(static saver => saver.Threshold)];
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
    public string? LargeHash => _large?.ShortHash ?? Policy.Large.Sha256?[..ModelFolder.ShortHashLength];

    /// <summary>The savers, in the order in which they see an image; may be empty.</summary>
    /// <exception cref="InvalidOperationException">They were not asked for when the cascade was loaded.</exception>
    public IReadOnlyList<CascadeModel> Savers => _savers ?? throw new InvalidOperationException("The cascade was loaded without its savers.");

    /// <summary>The large model.</summary>
    /// <exception cref="InvalidOperationException">It was not asked for when the cascade was loaded.</exception>
    public CascadeModel Large => _large ?? throw new InvalidOperationException("The cascade was loaded without its large model.");

    // A black BMP of 2×2 pixels: 14 bytes of file header, 40 of image header, two rows of 6 bytes and 2 of padding.
    private static ReadOnlySpan<byte> BlankImage =>
    [
        (byte)'B', (byte)'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,
        40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>Asks the savers in order until one is confident enough; null where there are none.</summary>
    /// <exception cref="InvalidOperationException">The savers were not asked for when the cascade was loaded.</exception>
    /// <exception cref="PermanentFailureException">A saver's numbers for this image are not finite.</exception>
    public SaverAnswer? AskSavers(DecodedImage image)
    {
        SaverAnswer? answer = null;
        long macs = 0L;
        for (int i = 0; i < Savers.Count && answer is not { Exits: true }; i++)
        {
            Prediction prediction = Savers[i].Predict(image);
            macs += Savers[i].Macs;
            answer = new(prediction, i, ExitDecision.Exits(prediction.Confidence, _thresholds[i]), macs);
        }

        return answer;
    }

    /// <summary>Decodes an image and runs every loaded model once, so that no image pays for what happens only the first time.</summary>
    public void WarmUp()
    {
        using DecodedImage image = ImageDecoder.Decode(BlankImage);
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

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CascadeModel model in Models())
            model.Dispose();
    }

    private IEnumerable<CascadeModel> Models() => [.. _savers ?? [], .. _large is null ? (CascadeModel[])[] : [_large]];
}
