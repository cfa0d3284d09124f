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
        ["model", "source", "#MACs", "#time an image", "SHA-256"],
        models.Select(model => (IReadOnlyList<object>)
        [
            model.Name,
            model.Source,
            Amounts.Macs(model.Macs),
            Amounts.Seconds(model.Milliseconds / 1000),
            Hash(model.Sha256),
        ]));

    private static XElement Data(IReadOnlyList<ReportDataSet> data) => Html.Table(
        "Data",
        ["images", "source", "#count", "SHA-256"],
        data.Select(set => (IReadOnlyList<object>)[set.Role, set.Source, Amounts.Number(set.Images, 0), Hash(set.Sha256)]));

    // The whole hash is there to be copied, but wraps only where it must.
    private static XElement Hash(string? hash) => hash is null ? Html.Element("span", null, "–") : Html.Element("code", "hash", hash);
}
