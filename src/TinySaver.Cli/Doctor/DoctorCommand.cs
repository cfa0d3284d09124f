using System.CommandLine;
using Azure.Identity;
using Spectre.Console;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Doctor;

/// <summary><c>tinysaver doctor</c>: says whether a deployment works, and where not, why.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> Subscription = new("--subscription")
    {
        Description = "The subscription's id. Default: AZURE_SUBSCRIPTION_ID of the environment, or of the azd environment that is selected here.",
        HelpName = "id",
    };

    private static readonly Option<string?> Group = new("--resource-group")
    {
        Description = "The resource group. Default: AZURE_RESOURCE_GROUP, likewise.",
        HelpName = "name",
    };

    private static readonly Option<string> Endpoint = new("--resource-manager")
    {
        Description = "Resource Manager's address, another one in sovereign clouds.",
        HelpName = "URL",
        DefaultValueFactory = _ => ResourceManager.PublicEndpoint,
    };

    private static readonly Option<string?> Canary = new("--canary")
    {
        Description = "Images to choose the canary from: one that the saver is sure of and one that it is not. Default: the sample images, where the policy has their labels.",
        HelpName = "folder",
    };

    private static readonly Option<bool> NoCanary = new("--no-canary") { Description = "Send no images through the pipeline: only look." };

    private static readonly Option<double> Wait = new("--wait")
    {
        Description = "Minutes that a canary may take from its upload to its label; the first replica of a GPU may take ten to start.",
        HelpName = "minutes",
        DefaultValueFactory = _ => 15,
    };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Wait.Takes("minutes, above 0 and at most 1,440", m => m is > 0 and <= 1_440);
        return new Command("doctor", "Look at a deployment from the sign-in to the alerts, send two images through it, and say what is broken and what to do. "
            + "Exit code 0: nothing is broken; 1: something is; 2: there is nothing to look at; 130: stopped by Ctrl-C or SIGTERM.")
        {
            Subscription, Group, AccountOptions.Storage, AccountOptions.Data, CommonOptions.Policy, Canary, NoCanary, Wait, Endpoint, CommonOptions.Json,
        }.Running(terminal, RunAsync);
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        var azd = new AzdEnvironment(Directory.GetCurrentDirectory());
        string? storage = arguments.GetValue(AccountOptions.Storage), data = arguments.GetValue(AccountOptions.Data);
        string? subscription = arguments.GetValue(Subscription), group = arguments.GetValue(Group);
        if (storage is null && data is null)
        {
            subscription ??= azd["AZURE_SUBSCRIPTION_ID"];
            group ??= azd["AZURE_RESOURCE_GROUP"];
        }

        if ((subscription is null) != (group is null))
            throw new TinySaverException("A deployment is named by its subscription and its resource group: give both, --subscription and --resource-group, or run `azd provision` first.");

        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        Deployment deployment = subscription is null
            ? new()
            : new(new ResourceManager(http, new DefaultAzureCredential(), Address(arguments.GetValue(Endpoint)!)), subscription, group!, azd.TenantOf(subscription));
        bool json = arguments.GetValue(CommonOptions.Json);
        var run = new DoctorRun(deployment, line => Show(terminal, line, json));
        if (await run.BeginAsync(cancellationToken))
        {
            await using StorageAccount account = await StorageAccount.OpenAsync(
                terminal, storage ?? deployment.StorageUrl, DataFolder.Of(data), create: false, cancellationToken);
            deployment.Account = account;
            await run.LookAsync(cancellationToken);
            if (!run.Report.Healthy)
            {
                terminal.Say("No canary is sent while something is broken.");
            }
            else if (!arguments.GetValue(NoCanary))
            {
                var settings = new CanarySettings(arguments.GetValue(Canary), arguments.GetValue(CommonOptions.Policy), TimeSpan.FromMinutes(arguments.GetValue(Wait)));
                foreach (DoctorLine line in await new Canary(deployment, settings, terminal.Say).RunAsync(cancellationToken))
                    run.Add(line);
            }
        }

        JsonOutput.WriteOr(json, run.Report, () => terminal.Show(run.Report.Healthy
            ? "Nothing is broken."
            : $"{run.Report.Lines.Count(l => l.Verdict == Verdict.Broken)} broken; begin with the first, for what follows may come of it."));
        return run.Report.Healthy ? ExitCode.Success : ExitCode.SomeFailed;
    }

    // The token goes there, so over an encrypted connection only.
    private static Uri Address(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttps
            ? address
            : throw new TinySaverException($"'{endpoint}' is not the address of a Resource Manager; expected one like {ResourceManager.PublicEndpoint}.");

    private static void Show(Terminal terminal, DoctorLine line, bool json)
    {
        if (json)
            return;

        (string word, string colour) = line.Verdict switch
        {
            Verdict.Ok => ("ok", "green"),
            Verdict.Warning => ("warning", "yellow"),
            Verdict.Broken => ("broken", "red"),
            _ => ("not here", "grey"),
        };
        string toDo = line.ToDo is null ? "" : $" → {line.ToDo}";
        terminal.Results.MarkupLineInterpolated($"[{colour}]{word,-8}[/]  {line.Check,-26}  {VisibleText.OneLine(line.Seen + toDo)}");
    }
}
