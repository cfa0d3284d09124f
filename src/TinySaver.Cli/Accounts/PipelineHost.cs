using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Cli.Output;
using TinySaver.Pipeline;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Cli.Accounts;

/// <summary>Puts the local pipeline together: both stages on a storage account, with a policy from this machine.</summary>
internal static class PipelineHost
{
    /// <summary>The services of the pipeline; nothing runs yet, and disposing them frees the models.</summary>
    /// <param name="terminal">Is told what goes wrong.</param>
    /// <param name="account">The account.</param>
    /// <param name="policyPath">The policy's file; null for the one that was published to the account.</param>
    /// <param name="threads">How many images are decoded or inferred at once.</param>
    /// <exception cref="OptionsValidationException">An option that the environment sets is out of its range.</exception>
    public static ServiceProvider Create(Terminal terminal, StorageAccount account, string? policyPath, int threads)
    {
        // The environment may set what has no option here, as it does in Azure: TinySaver__Pipeline__ShadowShare=0.01.
        IConfiguration configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                [$"{StorageOptions.Section}:{nameof(StorageOptions.ConnectionString)}"] = account.Options.ConnectionString ?? "",
                [$"{StorageOptions.Section}:{nameof(StorageOptions.AccountUrl)}"] = account.Options.AccountUrl?.ToString() ?? "",
                [$"{CascadeSourceOptions.Section}:{nameof(CascadeSourceOptions.PolicyPath)}"] = policyPath,
                [$"{PipelineOptions.Section}:{nameof(PipelineOptions.Inferences)}"] = threads.ToString(CultureInfo.InvariantCulture),
            })
            .Build();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new TerminalLoggerProvider(terminal)));

        // With the upload's clients, and so its connections.
        services.AddSingleton(account.Clients);
        services.AddLocalPipeline(configuration).AddAzureStorage(configuration).AddStorageEscalations();
        ServiceProvider provider = services.BuildServiceProvider();
        provider.GetService<IStartupValidator>()?.Validate();
        return provider;
    }
}
