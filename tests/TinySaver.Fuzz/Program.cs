using TinySaver.Fuzz.Images;

namespace TinySaver.Fuzz;

internal static class Program
{
    private static readonly Dictionary<string, Func<FuzzTarget>> Modes = new()
    {
        ["images"] = static () => new ImageTarget(),
    };

    private static int Main(string[] arguments)
    {
        try
        {
            var options = FuzzOptions.Parse(arguments, Modes.Keys);
            using var target = Modes[options.Mode]();
            return new FuzzRunner(options, target).Run() == 0 ? 0 : 1;
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine($"{e.Message}\nUsage: <mode> [--count N] [--seed S] [--from I] [--save FOLDER]");
            return 2;
        }
    }
}
