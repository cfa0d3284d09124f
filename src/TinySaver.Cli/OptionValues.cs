using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace TinySaver.Cli;

/// <summary>Makes options of numbers and names say in words what they expect; the parser of arguments would name their types.</summary>
internal static class OptionValues
{
    /// <summary>Refuses what is no number, or none that is meant, with a sentence.</summary>
    /// <param name="option">The option.</param>
    /// <param name="expected">What it takes, for the sentence: "a whole number, at least 1".</param>
    /// <param name="fits">Which numbers are meant; null for all that are finite.</param>
    public static Option<T> Takes<T>(this Option<T> option, string expected, Func<T, bool>? fits = null)
        where T : struct, INumber<T>
    {
        option.CustomParser = argument => Parse(option.Name, argument, expected, fits) ?? default;
        return option;
    }

    /// <inheritdoc cref="Takes{T}(Option{T}, string, Func{T, bool}?)"/>
    public static Option<T?> Takes<T>(this Option<T?> option, string expected, Func<T, bool>? fits = null)
        where T : struct, INumber<T>
    {
        option.CustomParser = argument => Parse(option.Name, argument, expected, fits);
        return option;
    }

    /// <summary>Refuses what is none of an enumeration's names, in any case, with a sentence that has them.</summary>
    public static Option<T> TakesName<T>(this Option<T> option)
        where T : struct, Enum
    {
        option.CustomParser = argument =>
        {
            string text = Text(argument);
            if (Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase))
                return Enum.Parse<T>(text, ignoreCase: true);

            argument.AddError($"{option.Name} is '{text}'; expected {string.Join(" or ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}.");
            return default;
        };
        return option;
    }

    private static T? Parse<T>(string name, ArgumentResult argument, string expected, Func<T, bool>? fits)
        where T : struct, INumber<T>
    {
        string text = Text(argument);
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && (fits?.Invoke(value) ?? T.IsFinite(value)))
            return value;

        argument.AddError($"{name} is '{text}'; expected {expected}.");
        return null;
    }

    private static string Text(ArgumentResult argument) => argument.Tokens.Count > 0 ? argument.Tokens[0].Value : "";
}
