using TinySaver.Core.Confidence;
using TinySaver.Core.Pooling;

namespace TinySaver.Calibration.Pooling;

/// <summary>What a model says of many images together with the models before it.</summary>
/// <param name="Weights">The weights of the models in their order, its own last.</param>
/// <param name="Classes">The pooled class of every image.</param>
/// <param name="Confidences">The confidence of every image by each of <see cref="ConfidenceMeasures.All"/>, in its order.</param>
public sealed record PooledAnswers(IReadOnlyList<double> Weights, int[] Classes, float[][] Confidences)
{
    /// <summary>The confidence of every image by a measure.</summary>
    public float[] By(ConfidenceMeasure measure) => Confidences[(int)measure];

    /// <summary>Pools recorded evidence.</summary>
    /// <param name="models">The evidence of the models in their order, the one that answers last.</param>
    /// <param name="weights">One weight each.</param>
    public static PooledAnswers Of(IReadOnlyList<EvidenceTable> models, IReadOnlyList<double> weights)
    {
        if (models.Count != weights.Count)
            throw new ArgumentException($"There are {weights.Count} weights for {models.Count} models: each needs one.", nameof(weights));

        int count = models[^1].Count;
        int[] classes = new int[count];
        float[][] confidences = [.. ConfidenceMeasures.All.Select(_ => new float[count])];
        var pool = new OpinionPool(models[^1].ClassCount);
        for (int row = 0; row < count; row++)
        {
            pool.Clear();
            for (int m = 0; m < models.Count; m++)
                models[m].AddTo(pool, row, weights[m]);

            classes[row] = pool.ClassIndex;
            foreach (ConfidenceMeasure measure in ConfidenceMeasures.All)
                confidences[(int)measure][row] = pool.Confidence(measure);
        }

        return new(weights, classes, confidences);
    }
}
