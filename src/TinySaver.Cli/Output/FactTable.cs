using Spectre.Console;

namespace TinySaver.Cli.Output;

/// <summary>The table of a summary: a row for each fact, with its name, the figure and a remark.</summary>
internal static class FactTable
{
    /// <summary>The table of some facts, none of which holds markup.</summary>
    public static Table Of(IEnumerable<(string Name, string Value, string Remark)> facts)
    {
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned()).AddColumn("");
        foreach ((string name, string value, string remark) in facts)
            table.AddRow(Markup.Escape(name), $"[bold]{Markup.Escape(value)}[/]", $"[dim]{Markup.Escape(remark)}[/]");

        return table;
    }
}
