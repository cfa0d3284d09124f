using System.Globalization;
using System.Text;

namespace TinySaver.Cli.Tests.Search;

/// <summary>Recorded predictions of a large model and a saver on a population with known accuracies, seeded.</summary>
internal static class SyntheticPredictions
{
    private const int Classes = 5;

    /// <summary>Writes <c>large.csv</c> and <c>tiny.csv</c>, with a suffix to their names; the saver's confidence tells when it is right.</summary>
    /// <returns>The true class of every image, also where the files do not tell.</returns>
    public static int[] Write(TemporaryFolder folder, int samples, int seed, bool labelled = true, string prefix = "", string suffix = "")
    {
        var random = new Random(seed);
        var large = new StringBuilder("id,class_index,label_index,max_probability,macs,milliseconds\n");
        var tiny = new StringBuilder("id,class_index,label_index,max_probability,margin,macs,milliseconds\n");
        int[] truths = new int[samples];
        for (int i = 0; i < samples; i++)
        {
            int truth = truths[i] = random.Next(Classes);
            string label = labelled ? $"{truth}" : "";
            double confidence = 1 - (0.8 * Math.Pow(random.NextDouble(), 3));
            int tinyClass = random.NextDouble() < Math.Min(1, confidence + 0.02) ? truth : (truth + 1) % Classes;
            int largeClass = random.NextDouble() < 0.99 ? truth : (truth + 2) % Classes;
            large.Append(CultureInfo.InvariantCulture, $"{prefix}{i},{largeClass},{label},0.99,1000,20\n");
            tiny.Append(CultureInfo.InvariantCulture, $"{prefix}{i},{tinyClass},{label},{confidence:0.######},{confidence * 0.9:0.######},10,1\n");
        }

        folder.Write($"large{suffix}.csv", large.ToString());
        folder.Write($"tiny{suffix}.csv", tiny.ToString());
        return truths;
    }
}
