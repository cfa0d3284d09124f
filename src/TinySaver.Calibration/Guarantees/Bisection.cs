namespace TinySaver.Calibration.Guarantees;

/// <summary>Finds by halving where a condition stops to hold.</summary>
internal static class Bisection
{
    /// <summary>The bracket after some halvings.</summary>
    /// <param name="holds">Where the condition holds.</param>
    /// <param name="fails">Where it does not, above or below.</param>
    /// <param name="halvings">How many; 60 bring a bracket of 1 below the spacing of doubles.</param>
    /// <param name="condition">The condition, asked for between the two.</param>
    public static (double Holds, double Fails) Between(double holds, double fails, int halvings, Func<double, bool> condition)
    {
        for (int i = 0; i < halvings; i++)
        {
            double middle = 0.5 * (holds + fails);
            (holds, fails) = condition(middle) ? (middle, fails) : (holds, middle);
        }

        return (holds, fails);
    }

    /// <summary>The whole number from which on a condition holds, between one where it fails and a higher one where it holds.</summary>
    public static int First(int fails, int holds, Func<int, bool> condition)
    {
        while (holds - fails > 1)
        {
            int middle = fails + ((holds - fails) / 2);
            (fails, holds) = condition(middle) ? (fails, middle) : (middle, holds);
        }

        return holds;
    }
}
