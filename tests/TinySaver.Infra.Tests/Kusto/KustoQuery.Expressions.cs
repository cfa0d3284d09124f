using System.Globalization;

namespace TinySaver.Infra.Tests.Kusto;

// Expressions: each is read once and gives a function of the row.
internal sealed partial class KustoQuery
{
    private Func<Scope, object?> Expression()
    {
        Func<Scope, object?> left = And();
        while (Take("or"))
        {
            (Func<Scope, object?> l, Func<Scope, object?> r) = (left, And());
            left = s => l(s) is true || r(s) is true;
        }

        return left;
    }

    private Func<Scope, object?> And()
    {
        Func<Scope, object?> left = Comparison();
        while (Take("and"))
        {
            (Func<Scope, object?> l, Func<Scope, object?> r) = (left, Comparison());
            left = s => l(s) is true && r(s) is true;
        }

        return left;
    }

    private Func<Scope, object?> Comparison()
    {
        Func<Scope, object?> left = Sum();
        switch (Next)
        {
            case "==" or "=~" or "contains" or "<" or ">" or "<=" or ">=":
                string sign = _tokens[_at++];
                Func<Scope, object?> right = Sum();
                // Nothing compares with a value that is missing.
                return s => left(s) is { } l && right(s) is { } r && Compare(sign, l, r);
            case "in":
                _at++;
                Expect("(");
                var values = new List<Func<Scope, object?>>();
                do
                {
                    values.Add(Sum());
                }
                while (Take(","));
                Expect(")");
                return s => values.Any(v => Equals(v(s), left(s)));
            default:
                return left;
        }
    }

    private static bool Compare(string sign, object left, object right) => sign switch
    {
        "==" => left.Equals(right),
        "=~" => string.Equals((string)left, (string)right, StringComparison.OrdinalIgnoreCase),
        "contains" => ((string)left).Contains((string)right, StringComparison.OrdinalIgnoreCase),
        "<" => Comparer<object>.Default.Compare(left, right) < 0,
        ">" => Comparer<object>.Default.Compare(left, right) > 0,
        "<=" => Comparer<object>.Default.Compare(left, right) <= 0,
        _ => Comparer<object>.Default.Compare(left, right) >= 0,
    };

    private Func<Scope, object?> Sum()
    {
        Func<Scope, object?> left = Product();
        while (Next is "+" or "-")
        {
            double sign = _tokens[_at++] == "+" ? 1 : -1;
            (Func<Scope, object?> l, Func<Scope, object?> r) = (left, Product());
            left = s => l(s) is double a && r(s) is double b ? a + (sign * b) : null;
        }

        return left;
    }

    private Func<Scope, object?> Product()
    {
        Func<Scope, object?> left = Value();
        while (Next is "*" or "/")
        {
            bool times = _tokens[_at++] == "*";
            (Func<Scope, object?> l, Func<Scope, object?> r) = (left, Value());
            left = s => l(s) is double a && r(s) is double b ? times ? a * b : a / b : null;
        }

        return left;
    }

    private Func<Scope, object?> Value()
    {
        string token = _tokens[_at++];
        if (token == "(")
        {
            Func<Scope, object?> inner = Expression();
            Expect(")");
            return inner;
        }

        if (token[0] == '\'')
            return _ => token[1..^1];

        if (char.IsAsciiDigit(token[0]))
        {
            object number = Constant(token);
            return _ => number;
        }

        if (Take("("))
            return Call(token);

        string name = Unquoted(token);
        if (_lets.TryGetValue(name, out object? constant))
            return _ => constant;

        Func<Scope, object?> value = s => s.Table[s.Index].TryGetValue(name, out object? column)
            ? column
            : throw new KeyNotFoundException($"There is no column '{name}'; there are {string.Join(", ", s.Table[s.Index].Keys)}.");
        while (Take("."))
        {
            (Func<Scope, object?> owner, string member) = (value, Identifier());
            value = s => (owner(s) as Row)?.GetValueOrDefault(member);
        }

        return value;
    }

    private static object Constant(string token) => token[^1] switch
    {
        'd' => TimeSpan.FromDays(int.Parse(token[..^1], CultureInfo.InvariantCulture)),
        'h' => TimeSpan.FromHours(int.Parse(token[..^1], CultureInfo.InvariantCulture)),
        'm' => TimeSpan.FromMinutes(int.Parse(token[..^1], CultureInfo.InvariantCulture)),
        's' => TimeSpan.FromSeconds(int.Parse(token[..^1], CultureInfo.InvariantCulture)),
        _ => double.Parse(token, CultureInfo.InvariantCulture),
    };

    private Func<Scope, object?> Call(string function)
    {
        if (function == "toscalar" && _tokens[_at + 1] == "|")
        {
            object? scalar = Tabular().FirstOrDefault()?.Values.First();
            Expect(")");
            return _ => scalar;
        }

        int start = _at;
        var arguments = new List<Func<Scope, object?>>();
        while (!Take(")"))
        {
            arguments.Add(Expression());
            Take(",");
        }

        Func<Scope, object?> Of(int i) => arguments[i];
        IEnumerable<object?> Each(Scope s, int i) => s.Group!.Select((_, row) => arguments[i](s with { Index = row }));
        double Total(IEnumerable<object?> values) => values.Sum(v => v is double d ? d : 0);
        return function switch
        {
            "count" => s => (double)s.Group!.Count,
            "sum" => s => Total(Each(s, 0)),
            "sumif" => s => Total(Each(s, 0).Zip(Each(s, 1), (v, counts) => counts is true ? v : null)),
            "max" => s => Each(s, 0).Max(Comparer<object?>.Default),
            "percentile" => s => Each(s, 0).OfType<double>().Order().ElementAtOrDefault((int)Math.Ceiling((double)Of(1)(s)! / 100 * s.Group!.Count) - 1),
            "arg_max" => s => ArgMax(s, arguments[0], _tokens[start], _tokens[start + 2]),
            "row_cumsum" => s => Total(Enumerable.Range(0, s.Index + 1).Select(i => Of(0)(s with { Index = i }))),
            "tostring" => s => Convert.ToString(Of(0)(s), CultureInfo.InvariantCulture),
            "todouble" or "toreal" => s => Of(0)(s) is { } v ? Convert.ToDouble(v, CultureInfo.InvariantCulture) : null,
            "strcat" => s => string.Concat(arguments.Select(a => a(s))),
            "substring" => s => ((string)Of(0)(s)!)[(int)(double)Of(1)(s)!..],
            "iff" => s => Of(0)(s) is true ? Of(1)(s) : Of(2)(s),
            "coalesce" => s => arguments.Select(a => a(s)).FirstOrDefault(v => v is not null),
            "isnull" => s => Of(0)(s) is null,
            "isnotnull" => s => Of(0)(s) is not null,
            "now" => _ => _now,
            "ago" => s => _now - (TimeSpan)Of(0)(s)!,
            "bin" => s => Of(0)(s) is DateTime time ? new DateTime(time.Ticks - (time.Ticks % ((TimeSpan)Of(1)(s)!).Ticks), DateTimeKind.Utc) : null,
            "datetime_diff" => s => (string)Of(0)(s)! == "minute" && Of(2)(s) is DateTime from ? Math.Floor(((DateTime)Of(1)(s)! - from).TotalMinutes) : null,
            "pack" => s => Pack([.. arguments.Select(a => a(s))]),
            "pack_array" => s => arguments.Select(a => a(s)).ToList(),
            _ => throw new NotSupportedException($"The function '{function}' is not one that the queries were known to use."),
        };
    }

    private static Row ArgMax(Scope scope, Func<Scope, object?> by, string byName, string wanted)
    {
        Row? best = scope.Group!.Index().OrderByDescending(r => by(scope with { Index = r.Index }), Comparer<object?>.Default).Select(r => r.Item).FirstOrDefault();
        return new Row { [byName] = best?[byName], [wanted] = best?[wanted] };
    }

    private static Row Pack(object?[] pairs)
    {
        var packed = new Row();
        foreach (object?[] pair in pairs.Chunk(2))
            packed[(string)pair[0]!] = pair[1];

        return packed;
    }
}
