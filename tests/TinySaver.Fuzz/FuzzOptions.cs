using System.Globalization;

namespace TinySaver.Fuzz;

/// <summary>What the command line asks for.</summary>
/// <param name="Mode">The kind of input; or "all", one kind after the other.</param>
/// <param name="Count">Cases to run of each kind.</param>
/// <param name="Seed">All cases follow from it.</param>
/// <param name="From">The number of the first case.</param>
/// <param name="Save">The folder that gets the input of every fault, or null.</param>
internal sealed record FuzzOptions(string Mode, long Count, int Seed, long From, string? Save)
{
    public const string All = "all";

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">They are not understood; the message is for people.</exception>
    public static FuzzOptions Parse(string[] arguments, IEnumerable<string> modes)
    {
        if (arguments.Length == 0 || !modes.Append(All).Contains(arguments[0]))
            throw new FormatException($"'{arguments.FirstOrDefault()}' is no mode; expected one of {string.Join(", ", modes)} or {All}.");
        var options = new FuzzOptions(arguments[0], 10_000, 1, 0, null);
        for (int i = 1; i < arguments.Length; i += 2)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : throw new FormatException($"{arguments[i]} needs a value.");
            options = arguments[i] switch
            {
                "--count" => options with { Count = Number(arguments[i], value) },
                "--seed" => options with { Seed = (int)Number(arguments[i], value) },
                "--from" => options with { From = Number(arguments[i], value) },
                "--save" => options with { Save = value },
                _ => throw new FormatException($"'{arguments[i]}' is no option; expected --count, --seed, --from or --save."),
            };
        }

        return options;
    }

    private static long Number(string option, string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= int.MaxValue
            ? number
            : throw new FormatException($"{option} is '{value}'; expected a whole number from 0 to {int.MaxValue}.");
}
