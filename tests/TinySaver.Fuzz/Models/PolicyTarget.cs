using System.Text;
using TinySaver.Core.Cascade;

namespace TinySaver.Fuzz.Models;

/// <summary>Damaged <c>cascade.json</c>: refused in one sentence, or read and written again as the same policy.</summary>
internal sealed class PolicyTarget : FuzzTarget
{
    private static readonly byte[] Least =
        """{"version": 1, "savers": [{"model": {"folder": "models/tiny"}, "measure": "margin", "threshold": 0.9}], "large": {"folder": "models/large"}}"""u8.ToArray();

    private static readonly byte[] Searched = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Corpus", "cascade.json"));

    public override string Extension => ".json";

    public override string Try(Random random)
    {
        Input = random.Next(2) == 0 ? JsonDamage.Apply(Searched, Least, random) : JsonDamage.Apply(Least, Searched, random);
        CascadePolicy policy;
        try
        {
            policy = CascadePolicyJson.Parse(Encoding.UTF8.GetString(Input), "cascade.json");
        }
        catch (InvalidPolicyException)
        {
            return "refused";
        }

        if (CascadePolicyJson.Parse(CascadePolicyJson.Write(policy), "again").Id != policy.Id)
            throw new FuzzFault("Written and read again it is another policy.");
        return "read";
    }
}
