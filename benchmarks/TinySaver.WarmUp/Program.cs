namespace TinySaver.WarmUp;

/// <summary>What the first images of a fresh function app cost, without the Functions packages: see benchmarks/README.md, "Warm-up".</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => args switch
    {
        ["work", "start", ..] => ColdStart.RunAsync(),
        ["work", var stage, var inFlight, var count] => Worker.RunAsync(stage, int.Parse(inFlight), int.Parse(count)),
        [var stage and ("tiny" or "large" or "start"), var inFlight, var count, var rounds, .. var programs] when programs.Length > 0 =>
            Comparison.RunAsync(stage, int.Parse(inFlight), int.Parse(count), int.Parse(rounds), programs),
        _ => UsageAsync(),
    };

    private static async Task<int> UsageAsync()
    {
        await Console.Error.WriteLineAsync(
            "TinySaver.WarmUp tiny|large|start IN_FLIGHT IMAGES ROUNDS NAME=PROGRAM.dll[,VARIABLE=VALUE…]…   fresh processes in turns; benchmarks/warm-up.sh calls it");
        return 2;
    }
}
