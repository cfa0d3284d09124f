using System.Globalization;
using System.Xml.Linq;

namespace TinySaver.Reports;

/// <summary>How to make the report again: command line, models, data, seeds and versions.</summary>
internal static class Reproduction
{
    /// <summary>The section.</summary>
    public static XElement Of(ReportInput input)
    {
        ReportProvenance provenance = input.Provenance;
        IEnumerable<ReportFact> facts =
        [
            new("written", provenance.CreatedAt.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
            .. input.Policy is { } policy ? [new ReportFact("policy", policy.Id)] : Array.Empty<ReportFact>(),
            .. provenance.Facts,
        ];
        return Html.Section(
            "How to reproduce",
            null,
            Html.Element("pre", null, Html.Element("code", null, provenance.Command)),
            Html.Element("dl", "facts", facts.Select(f => Html.Element("div", null, Html.Element("dt", null, f.Name), Html.Element("dd", null, f.Value)))),
            input.Models.Count == 0 ? null : Models(input.Models),
            provenance.Data.Count == 0 ? null : Data(provenance.Data));
    }

    private static XElement Models(IReadOnlyList<ReportModel> models) => Html.Table(
        "Models",
        models,
        ("model", model => model.Name),
        ("source", model => model.Source),
        ("#MACs", model => Amounts.Macs(model.Macs)),
        ("#time an image", model => Amounts.Seconds(model.Milliseconds / 1000)),
        ("SHA-256", model => Hash(model.Sha256)));

    private static XElement Data(IReadOnlyList<ReportDataSet> data) => Html.Table(
        "Data",
        data,
        ("images", set => set.Role),
        ("source", set => set.Source),
        ("#count", set => Amounts.Number(set.Images, 0)),
        ("SHA-256", set => Hash(set.Sha256)));

    // The whole hash is there to be copied, but wraps only where it must.
    private static XElement Hash(string? hash) => hash is null ? Html.Element("span", null, "–") : Html.Element("code", "hash", hash);
}
