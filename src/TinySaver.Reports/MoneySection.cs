using System.Globalization;
using System.Xml.Linq;
using TinySaver.Calibration.Costs;

namespace TinySaver.Reports;

/// <summary>What a million images cost with and without the cascade.</summary>
internal static class MoneySection
{
    /// <summary>The section.</summary>
    public static XElement Of(CostEstimate costs)
    {
        string breakEven = costs.BreakEvenExitRate switch
        {
            > 1 => "At these prices and times the cascade never pays, whatever the exit rate.",
            <= 0 => "At these prices and times the cascade pays at any exit rate.",
            double rate => $"The cascade pays from an exit rate of {Amounts.Percent(rate)} on; here {Amounts.Percent(costs.ExitRate)} exit.",
        };
        double? share = costs.LargeOnlyPerMillion > 0 ? costs.SavingPerMillion / costs.LargeOnlyPerMillion : null;
        string total = share is null ? "" : share >= 0 ? $"It saves {Wording.Share(share.Value)} of the bill. " : $"It adds {Wording.Share(-share.Value)} to the bill. ";
        CostLine sum = new("Total", costs.LargeOnlyPerMillion, costs.CascadePerMillion, Source: "");
        return Html.Section(
            "Money",
            total + breakEven,
            Html.Table(
                "US dollars per million images",
                costs.Lines.Append(sum),
                ("per million images", line => Cell(line, line.Item)),
                ("#large only", line => Cell(line, Wording.Dollars(line.LargeOnly))),
                ("#cascade", line => Cell(line, Wording.Dollars(line.Cascade))),
                ("#change", line => Cell(line, Difference(line.Cascade - line.LargeOnly)))),
            Html.Element("p", "note after", $"US dollars before tax, prices as of {costs.PricesAsOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}. Storing the images costs the same in both and is left out."));

        object Cell(CostLine line, string text) => ReferenceEquals(line, sum) ? Html.Element("strong", null, text) : text;
    }

    private static string Difference(double dollars) => dollars switch
    {
        >= 0.005 => "+" + Wording.Dollars(dollars),
        <= -0.005 => Wording.Dollars(dollars),
        _ => Wording.Dollars(0),
    };
}
