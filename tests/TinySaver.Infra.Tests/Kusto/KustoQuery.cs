using System.Globalization;
using System.Text.RegularExpressions;

namespace TinySaver.Infra.Tests.Kusto;

/// <summary>A row of a table, by column; null where a column has no value. Numbers are doubles, dynamic values rows or lists.</summary>
internal sealed class Row : Dictionary<string, object?>
{
    public Row()
        : base(StringComparer.Ordinal)
    {
    }

    public Row(Row other)
        : base(other, StringComparer.Ordinal)
    {
    }
}

/// <summary>Runs a Kusto query over rows in memory: just the operators and functions that this project's queries use, with Kusto's meaning.</summary>
/// <remarks>Whatever it does not know, a column or a function, is an error. What it cannot show is whether Azure's parser and this one agree.</remarks>
internal sealed partial class KustoQuery
{
    private readonly string[] _tokens;
    private readonly Func<string, IEnumerable<Row>> _table;
    private readonly DateTime _now;
    private readonly Dictionary<string, object?> _lets = [];
    private int _at;

    private KustoQuery(string text, Func<string, IEnumerable<Row>> table, DateTime now)
    {
        _tokens = [.. Token().Matches(text).Select(m => m.Value).Where(t => !t.StartsWith("//", StringComparison.Ordinal))];
        _table = table;
        _now = now;
    }

    private string Next => _at < _tokens.Length ? _tokens[_at] : "";

    /// <summary>The query's result.</summary>
    public static List<Row> Run(string text, Func<string, IEnumerable<Row>> table, DateTime now)
    {
        var query = new KustoQuery(text, table, now);
        while (query.Take("let"))
        {
            string name = query.Identifier();
            query.Expect("=");
            object? value = query.Expression()(new Scope([], null, 0));
            query._lets[name] = value;
            query.Expect(";");
        }

        List<Row> result = query.Tabular();
        Assert.Equal("", query.Next);
        return result;
    }

    private List<Row> Tabular()
    {
        List<Row> rows = [.. _table(Identifier()).Select(r => new Row(r))];
        while (Take("|"))
        {
            rows = Identifier() switch
            {
                "where" => Where(rows),
                "extend" => Extend(rows),
                "project" => Project(rows),
                "summarize" => Summarize(rows),
                "order" or "sort" => Order(rows),
                "mv" => Expand(rows),
                "render" => Render(rows),
                var other => throw new NotSupportedException($"The operator '{other}' is not one that the queries were known to use."),
            };
        }

        return rows;
    }

    private List<Row> Where(List<Row> rows)
    {
        Func<Scope, object?> condition = Expression();
        return [.. rows.Where((_, i) => condition(new Scope(rows, null, i)) is true)];
    }

    private List<Row> Extend(List<Row> rows)
    {
        List<(string Name, Func<Scope, object?> Value)> columns = Columns();
        List<Row> extended = [.. rows.Select(r => new Row(r))];
        foreach ((string name, Func<Scope, object?> value) in columns)
        {
            for (int i = 0; i < rows.Count; i++)
                extended[i][name] = value(new Scope(rows, null, i));
        }

        return extended;
    }

    private List<Row> Project(List<Row> rows)
    {
        List<(string Name, Func<Scope, object?> Value)> columns = Columns();
        return [.. rows.Select((_, i) => RowOf(columns, new Scope(rows, null, i)))];
    }

    private List<Row> Summarize(List<Row> rows)
    {
        List<(string Name, Func<Scope, object?> Value)> columns = Columns();
        if (!Take("by"))
        {
            // Of no rows too: a total of nothing is a row.
            return [RowOf(columns, new Scope(rows, rows, 0))];
        }

        List<(string Name, Func<Scope, object?> Value)> keys = Columns();
        return [.. rows.Select((_, i) => (Row: rows[i], Key: RowOf(keys, new Scope(rows, null, i))))
            .GroupBy(r => string.Join('\u001f', r.Key.Values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture))))
            .Select(g =>
            {
                List<Row> group = [.. g.Select(r => r.Row)];
                var result = new Row(g.First().Key);
                foreach ((string name, object? value) in RowOf(columns, new Scope(group, group, 0)))
                    result[name] = value;

                return result;
            })];
    }

    private List<Row> Order(List<Row> rows)
    {
        Expect("by");
        IOrderedEnumerable<Row> ordered = rows.Order(Comparer<Row>.Create((_, _) => 0));
        do
        {
            string column = Identifier();
            // Kusto's default is the other way round than everybody else's.
            ordered = Take("asc") ? ordered.ThenBy(r => r[column]) : ordered.ThenByDescending(r => r[column], Comparer<object?>.Default);
            Take("desc");
        }
        while (Take(","));
        return [.. ordered];
    }

    private List<Row> Expand(List<Row> rows)
    {
        Expect("-");
        Expect("expand");
        string column = Identifier();
        return [.. rows.SelectMany(r => ((List<object?>)r[column]!).Select(v => new Row(r) { [column] = v }))];
    }

    private List<Row> Render(List<Row> rows)
    {
        Assert.Equal("timechart", Identifier());
        Assert.All(rows, r => Assert.Contains(r.Values, v => v is DateTime));
        return rows;
    }

    private static Row RowOf(List<(string Name, Func<Scope, object?> Value)> columns, Scope scope)
    {
        var row = new Row();
        foreach ((string name, Func<Scope, object?> value) in columns)
        {
            // arg_max alone gives several columns.
            if (value(scope) is Row several && name.StartsWith("arg_max", StringComparison.Ordinal))
                several.ToList().ForEach(c => row[c.Key] = c.Value);
            else
                row[name] = value(scope);
        }

        return row;
    }

    private List<(string Name, Func<Scope, object?> Value)> Columns()
    {
        List<(string, Func<Scope, object?>)> columns = [];
        do
        {
            int start = _at;
            string first = _tokens[_at++];
            if (Take("="))
            {
                columns.Add((Unquoted(first), Expression()));
                continue;
            }

            _at = start;
            Func<Scope, object?> value = Expression();
            // A bin keeps its column's name; so does a column.
            columns.Add((first == "bin" ? Unquoted(_tokens[start + 2]) : Unquoted(first), value));
        }
        while (Take(","));
        return columns;
    }

    private string Identifier() => Unquoted(_tokens[_at++]);

    private static string Unquoted(string token) => token.StartsWith("['", StringComparison.Ordinal) ? token[2..^2] : token;

    private bool Take(string token)
    {
        bool taken = Next == token;
        _at += taken ? 1 : 0;
        return taken;
    }

    private void Expect(string token) => Assert.Equal(token, _tokens[_at++]);

    [GeneratedRegex(@"//[^\n]*|'[^']*'|\['[^']*'\]|\d+[dhms]\b|\d+(?:\.\d+)?(?:e\d+)?|\w+|[=!<>]=|=~|[-+*/<>=(),|;.]")]
    private static partial Regex Token();

    /// <summary>What an expression sees: a table and a place in it, or a group where it adds up.</summary>
    private readonly record struct Scope(List<Row> Table, List<Row>? Group, int Index);
}
