using System.Text;

namespace TinySaver.Fuzz.Tables;

/// <summary>Damages CSV where it hurts: cells of other kinds, quotes, separators, line ends, characters that are none.</summary>
internal static class CsvDamage
{
    private static readonly string[] Cells =
    [
        "", "0", "-1", "1", "1.5", "NaN", "1e999", "3.4e38 -3.4e38", "2147483648", "9223372036854775808", "0.5 0.5", "1 2 3", " ", "\"", "\"\"", "\"a,b\"", "\"a\nb\"",
        "a,b", "a\nb", "\r", "\0", "'=1", "=1", "\u001b[2J", "\uFEFF", "..", "/", "\\", "ffffffffffffffff", new string('9', 400), new string('x', 70_000),
    ];

    /// <summary>Applies one to three kinds of damage.</summary>
    public static byte[] Apply(byte[] csv, byte[] other, Random random)
    {
        for (int rounds = random.Next(1, 4); rounds > 0; rounds--)
            csv = random.Next(3) == 0 ? Mutator.Damage(csv, other, 200, random) : Once(csv, random);
        return csv;
    }

    private static byte[] Once(byte[] csv, Random random)
    {
        var marks = csv.Index().Where(static pair => pair.Item is (byte)',' or (byte)'\n').Select(static pair => pair.Index).ToList();
        byte[] cell = Encoding.UTF8.GetBytes(Cells[random.Next(Cells.Length)]);
        if (marks.Count < 2)
            return [.. csv, .. cell];
        int place = random.Next(marks.Count - 1);
        (int start, int end) = (marks[place] + 1, marks[place + 1]);
        return random.Next(5) switch
        {
            0 => [.. csv[..start], .. csv[end..]],
            1 => [.. csv[..marks[place]], .. csv[start..]],
            _ => [.. csv[..start], .. cell, .. csv[end..]],
        };
    }
}
