using TinySaver.Core.Failures;

namespace TinySaver.Core.Pooling;

/// <summary>What one model says of one image, as far as later models pool it: its likeliest classes with their probabilities.</summary>
/// <remarks>
/// The rest of the probability is spread evenly over all other classes. Whoever pools uses this same cut, in the search, in a process and
/// across the escalation queue, so that labels are equal wherever they are made; up to <see cref="MostClasses"/> classes nothing is cut.
/// </remarks>
/// <param name="Model">The model's short content hash; null where nobody knows it.</param>
/// <param name="Classes">Indices into the large model's label set, likeliest first, none twice.</param>
/// <param name="Probabilities">The probabilities of these classes after the model's temperature, each in [0, 1].</param>
public sealed record Evidence(string? Model, int[] Classes, float[] Probabilities)
{
    /// <summary>The most classes that are kept.</summary>
    public const int MostClasses = 20;

    /// <summary>The evidence in a model's class probabilities; of equal ones the classes of the lowest indices are kept.</summary>
    /// <param name="probabilities">One probability for each of the model's outputs.</param>
    /// <param name="classIndices">For each output the class it stands for in the large model's label set; empty where they agree.</param>
    /// <param name="model">The model's short content hash; null where nobody knows it.</param>
    public static Evidence Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> classIndices, string? model)
    {
        int[] classes = new int[Math.Min(MostClasses, probabilities.Length)];
        float[] likeliest = new float[classes.Length];
        int count = 0;
        for (int output = 0; output < probabilities.Length; output++)
        {
            float p = probabilities[output];
            if (count == classes.Length && p < likeliest[^1])
                continue;

            int index = classIndices.IsEmpty ? output : classIndices[output];
            if (count < classes.Length)
                count++;
            else if (p == likeliest[^1] && index > classes[^1])
                continue;

            // In its place among those kept; the last falls out.
            int place = count - 1;
            for (; place > 0 && (p > likeliest[place - 1] || (p == likeliest[place - 1] && index < classes[place - 1])); place--)
                (likeliest[place], classes[place]) = (likeliest[place - 1], classes[place - 1]);

            (likeliest[place], classes[place]) = (p, index);
        }

        return new(model, classes, likeliest);
    }

    /// <summary>Refuses what no model says: lengths that differ, no or too many classes, an index that is none of the classes, a class twice, a number that is no probability.</summary>
    /// <param name="classCount">The number of all classes.</param>
    /// <exception cref="TinySaverException">It is such; the message says what is wrong.</exception>
    public void Check(int classCount)
    {
        if (Classes.Length != Probabilities.Length || Classes.Length is 0 or > MostClasses)
            throw new TinySaverException($"Evidence has {Classes.Length} classes and {Probabilities.Length} probabilities; expected as many of each, 1 to {MostClasses}.");

        if (Array.Find(Classes, c => c < 0 || c >= classCount) is var strange && (strange < 0 || strange >= classCount))
            throw new TinySaverException($"Evidence names the class {strange}; there are the classes 0 to {classCount - 1}.");

        if (Classes.Distinct().Count() < Classes.Length)
            throw new TinySaverException("Evidence names a class twice.");

        if (!Array.TrueForAll(Probabilities, p => p is >= 0 and <= 1))
            throw new TinySaverException($"Evidence has the probability {Array.Find(Probabilities, p => p is not (>= 0 and <= 1))}; expected a number from 0 to 1.");
    }
}
