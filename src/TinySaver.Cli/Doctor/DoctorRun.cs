using System.Diagnostics;
using System.Text.Json;
using Azure;
using Azure.Identity;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Doctor.Checks;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Doctor;

/// <summary>Looks at a deployment from the sign-in to the alerts, all at once, and tells what it finds in the order in which data flow.</summary>
/// <param name="deployment">What to look at.</param>
/// <param name="tell">Told each line, in order.</param>
/// <param name="patience">How long a check may take; null for what each says.</param>
internal sealed class DoctorRun(Deployment deployment, Action<DoctorLine> tell, TimeSpan? patience = null)
{
    /// <summary>What has to be so before anything else can be looked at.</summary>
    public static readonly IReadOnlyList<Check> First = [SignIn.Check, ResourceGroup.Check];

    /// <summary>Everything else, in the order in which data flow.</summary>
    public static readonly IReadOnlyList<Check> Checks =
    [
        Storage.Check, Containers.Check, Roles.Check, Policy.Check, Models.Check, TinyApp.Check, Functions.Check, Health.Check, EventSubscription.Check,
        EventDelivery.Check, BatchJobs.Check, Escalations.Check, LargeApp.Check, Scaling.Check, ScalerLog.Check, Gpu.Check, Guarantee.Check, Telemetry.Check, Alerts.Check,
    ];

    private readonly List<DoctorLine> _lines = [];

    /// <summary>What was found so far.</summary>
    public DoctorReport Report => new(_lines.TrueForAll(l => l.Verdict != Verdict.Broken), _lines);

    /// <summary>Looks at what comes first.</summary>
    /// <returns>Whether the rest can be looked at.</returns>
    public async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        foreach (Check check in deployment.IsInAzure ? First : [])
        {
            Add(await LookAsync(check, cancellationToken));
            if (!Report.Healthy)
                return false;
        }

        return true;
    }

    /// <summary>Looks at the rest.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        Task<DoctorLine>[] looks = [.. Checks.Select(c => LookAsync(c, cancellationToken))];
        foreach (Task<DoctorLine> look in looks)
            Add(await look);
    }

    /// <summary>Tells a line.</summary>
    public void Add(DoctorLine line)
    {
        DoctorLine shown = line with { Seen = deployment.Shown(line.Seen), ToDo = line.ToDo is null ? null : deployment.Shown(line.ToDo) };
        _lines.Add(shown);
        tell(shown);
    }

    private async Task<DoctorLine> LookAsync(Check check, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan limit = patience ?? TimeSpan.FromSeconds(check.Seconds);
        Finding finding;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            // Waited for from outside too: not everything that is asked listens to its token.
            finding = check.InAzure && !deployment.IsInAzure
                ? Finding.NotHere("in Azure only")
                : await Task.Run(() => check.LookAsync(deployment, timeout.Token), timeout.Token).WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            finding = Finding.Broken($"there was no answer within {limit.TotalSeconds:0.#} s", "Look again; where it stays so, look at the network between here and Azure.");
        }
        catch (Exception error) when (error is not OperationCanceledException && Explain(error) is { } explained)
        {
            finding = explained;
        }

        return new(check.Name, finding.Verdict, finding.Seen, finding.ToDo, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static Finding? Explain(Exception error) => error switch
    {
        AuthenticationFailedException => Finding.Broken($"nobody is signed in: {error.Message.Split('\n')[0].Trim()}", "Run `az login` with the account that you gave azd."),
        ResourceManagerException { Status: 401 } => Finding.Broken(error.Message, "Sign in to the tenant of the subscription: `az login --tenant …`."),
        ResourceManagerException { Status: 403 } => Finding.Broken(error.Message, "Your account needs the role Reader, for keys and logs Contributor, on the resource group."),
        ResourceManagerException => Finding.Broken(error.Message, "Run `azd up`, or look at the resource in the portal."),
        RequestFailedException { Status: 403, ErrorCode: "AuthorizationFailure" } => Finding.Broken(
            "the account's network lets nobody in from here", "Set TINYSAVER_DEPLOYER_IP to your public address and run `azd provision`, or look from inside the network."),
        TinySaverException => Finding.Broken(error.Message, "Then look again."),
        HttpRequestException or IOException => Finding.Broken(
            $"the network does not let this machine through: {error.Message}", "Look at the name, the proxy and the firewall between here and there, then look again."),
        JsonException => Finding.Broken($"what was answered is no JSON: {error.Message}", "Something answers in Azure's place, such as a proxy; look at the network between here and there."),
        _ when StorageErrors.Explain(error) is { } sentence => Finding.Broken(sentence, "Then look again."),
        _ => null,
    };
}
