using System.Text;

namespace TinySaver.Fuzz;

/// <summary>Damages JSON where it hurts: values of other kinds and sizes, keys twice or missing, brackets, text that is no text.</summary>
internal static class JsonDamage
{
    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1", "0.5", "1e-300", "1e999", "-0.0", "2147483648", "9223372036854775808", "NaN", "\"\"", "\"x\"", "[]", "{}", "[0]", "[null]",
        "[3, 224, 224]", "[0.5, 0.5, 0.5]", "{\"height\": 8, \"width\": 8}", "{\"shortest_edge\": 256}", "\"\\ud800\"", "\"\\u0000\"", "\"../x\"", "\"/dev/zero\"",
        "\"\\u001b]0;x\\u0007\"", "16384", "100000", new string('[', 80),
    ];

    /// <summary>Applies one to three kinds of damage.</summary>
    public static byte[] Apply(byte[] json, byte[] other, Random random)
    {
        byte[] bytes = json;
        for (int rounds = random.Next(1, 4); rounds > 0; rounds--)
            bytes = random.Next(4) == 0 ? Mutator.Damage(bytes, other, bytes.Length, random) : Once(bytes, random);
        return bytes;
    }

    private static byte[] Once(byte[] json, Random random)
    {
        // Tokens are what lies between the marks that make JSON.
        var marks = json.Index().Where(static pair => "{}[],:"u8.Contains(pair.Item)).Select(static pair => pair.Index).ToList();
        if (marks.Count < 2)
            return [.. json, .. Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)])];
        int place = random.Next(marks.Count - 1);
        (int start, int end) = (marks[place] + 1, marks[place + 1]);
        byte[] value = Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]);
        return random.Next(6) switch
        {
            0 => [.. json[..start], .. json[end..]],
            1 => [.. json[..marks[place]], .. json[start..]],
            2 => [.. json[..end], .. json[marks[place]..]],
            _ => [.. json[..start], .. value, .. json[end..]],
        };
    }
}
