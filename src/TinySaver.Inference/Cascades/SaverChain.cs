using TinySaver.Core.Cascade;
using TinySaver.Core.Labels;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Cascades;

/// <summary>The savers of a cascade, asked in order until one is confident. Safe to share between threads.</summary>
public sealed class SaverChain : IDisposable
{
    private readonly double[] _thresholds;

    internal SaverChain(IReadOnlyList<CascadeModel> savers, IEnumerable<double> thresholds)
    {
        Savers = savers;
        _thresholds = [.. thresholds];
    }

    /// <summary>The savers, in the order in which they see an image; may be empty.</summary>
    public IReadOnlyList<CascadeModel> Savers { get; }

    /// <summary>Asks the savers in order until one is confident enough; null where there are none.</summary>
    /// <exception cref="Core.Failures.PermanentFailureException">A saver's numbers for this image are not finite.</exception>
    public SaverAnswer? Ask(DecodedImage image)
    {
        SaverAnswer? answer = null;
        long macs = 0;
        for (int i = 0; i < Savers.Count; i++)
        {
            Prediction prediction = Savers[i].Predict(image);
            macs += Savers[i].Macs;
            bool exits = ExitDecision.Exits(prediction.Confidence, _thresholds[i]);
            answer = new(prediction, i, exits, macs);
            if (exits)
            {
                break;
            }
        }

        return answer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CascadeModel saver in Savers)
        {
            saver.Dispose();
        }
    }
}
