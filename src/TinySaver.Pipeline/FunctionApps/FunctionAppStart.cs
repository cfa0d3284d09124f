using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Runs a function app, and says in sentences why it does not start.</summary>
public static class FunctionAppStart
{
    /// <summary>Builds and runs the app's host.</summary>
    /// <returns>The exit code: 1 where it did not start, upon which the Functions host starts it again.</returns>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        try
        {
            using IHost host = build();
            await host.RunAsync().ConfigureAwait(false);
            return Environment.ExitCode;
        }
        catch (Exception e)
        {
            // The Functions host shows what is written to standard error.
            await Console.Error.WriteLineAsync(Explain(e, StorageSettings)).ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>The failure's sentences, one a line; of a fault of the app itself the stack, which is wanted then.</summary>
    internal static string Explain(Exception failure, string account)
    {
        string[] sentences = [.. Sentences(failure, account)];
        return sentences.Length > 0 ? string.Join(Environment.NewLine, sentences) : failure.ToString();
    }

    /// <summary>What the person who set the app up has to know; nothing where the failure is a fault of the app.</summary>
    internal static IEnumerable<string> Sentences(Exception failure, string account) => failure switch
    {
        AggregateException { InnerExceptions.Count: > 0 } all => all.InnerExceptions.SelectMany(e => Sentences(e, account)).Distinct(),
        OptionsValidationException wrong => wrong.Failures,
        TinySaverException => [failure.Message],
        _ when SettingName.Explain(failure) is { } sentence => [sentence],
        InvalidOperationException when failure.Message.Contains("HostEndpoint", StringComparison.Ordinal) =>
            [$"The app was started by itself, without the Functions host, which `func start` starts. {failure.Message}"],
        _ => StorageFailure.Explain(failure, account) is { } sentence ? [sentence] : [],
    };

    private static string StorageSettings =>
        $"{SettingName.Of(StorageOptions.Section, nameof(StorageOptions.ConnectionString))} or {SettingName.Of(StorageOptions.Section, nameof(StorageOptions.AccountUrl))}";
}
