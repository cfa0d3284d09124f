using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using TinySaver.Cli.Output;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Reviews;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Cli.Accounts;

/// <summary>The storage account that a command works on: a real one, an Azurite that runs somewhere, or one of this process.</summary>
internal sealed class StorageAccount : IAsyncDisposable
{
    /// <summary>The connection string that commands other than <c>run</c> use where no option names an account.</summary>
    public const string EnvironmentVariable = "AZURE_STORAGE_CONNECTION_STRING";

    private static readonly TimeSpan BusyPoll = TimeSpan.FromMilliseconds(200);

    // Commands that hold the folder for themselves are done in seconds; one that follows can be told to stop.
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(60);

    // A request fails before the system tells that the process which should have answered is gone.
    private static readonly TimeSpan EndIsKnownWithin = TimeSpan.FromSeconds(2);

    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly LocalAzurite? _azurite;
    private readonly StorageJobMessages _jobMessages;

    private StorageAccount(string? name, StorageOptions options, LocalAzurite? azurite)
    {
        Options = options;
        _azurite = azurite;
        Clients = StorageClients.Create(options, client =>
        {
            // Nobody listens here, and it costs as much as the requests' own work.
            client.Diagnostics.IsLoggingEnabled = false;
            client.Diagnostics.IsDistributedTracingEnabled = false;
        });
        Name = name ?? Clients.Blobs.AccountName;
        Images = new BlobImageStore(Clients.Blobs.GetBlobContainerClient(options.ImagesContainer));
        Labels = new TableLabelStore(Clients.Tables.GetTableClient(options.LabelsTable));
        Escalations = new StorageEscalations(Clients.Queues, options);
        Models = Clients.Blobs.GetBlobContainerClient(options.ModelsContainer);
        Policies = new PublishedPolicies(Models, new CascadeSourceOptions().PolicyBlob);
        Audits = new TableAuditStore(Clients.Tables.GetTableClient(options.AuditsTable));
        Watches = new TableWatchStore(Clients.Tables.GetTableClient(options.AuditsTable));
        Jobs = new TableJobStore(Clients.Tables.GetTableClient(options.JobsTable));
        Reviews = new ReviewStore(Clients.Tables.GetTableClient(options.ReviewsTable));
        JobFiles = new BlobJobFiles(Clients.Blobs.GetBlobContainerClient(options.JobsContainer), Clients.Blobs.GetBlobContainerClient(options.ResultsContainer));
        _jobMessages = new StorageJobMessages(Clients.Queues, options);
    }

    /// <summary>What to call it, without any key.</summary>
    public string Name { get; }

    /// <summary>How to reach it.</summary>
    public StorageOptions Options { get; }

    /// <summary>Its clients.</summary>
    public StorageClients Clients { get; }

    /// <summary>Its images.</summary>
    public BlobImageStore Images { get; }

    /// <summary>Its labels.</summary>
    public TableLabelStore Labels { get; }

    /// <summary>Its queue of escalations.</summary>
    public StorageEscalations Escalations { get; }

    /// <summary>Its container of policies and models.</summary>
    public BlobContainerClient Models { get; }

    /// <summary>Its policies.</summary>
    public PublishedPolicies Policies { get; }

    /// <summary>Its audit sample.</summary>
    public TableAuditStore Audits { get; }

    /// <summary>How the guarantees of its policies stand.</summary>
    public TableWatchStore Watches { get; }

    /// <summary>Its batch jobs.</summary>
    public TableJobStore Jobs { get; }

    /// <summary>What people say of its images.</summary>
    public ReviewStore Reviews { get; }

    /// <summary>Their manifests and results.</summary>
    public BlobJobFiles JobFiles { get; }

    /// <summary>Where they are submitted and cancelled.</summary>
    public JobDesk JobDesk => new(Jobs, _jobMessages, TimeProvider.System);

    /// <summary>Whether this process runs it, so that it ends with this process.</summary>
    public bool IsOwn => _azurite is not null;

    /// <summary>Completes when an Azurite of this process has ended; never for any other account.</summary>
    public Task Ended => _azurite?.Ended ?? Never;

    /// <summary>The account for <c>run</c>: the named one, or else an Azurite of its own, which it serves to other commands.</summary>
    /// <exception cref="TinySaverException">There is no such account, or another run uses the data folder.</exception>
    public static async Task<StorageAccount> OpenForRunAsync(Terminal terminal, string? storage, DataFolder data, CancellationToken cancellationToken)
    {
        if (storage is not null)
            return Named(storage);

        return await UntilFreeAsync(terminal, data, async () =>
        {
            if (await LocalAzurite.TryStartAsync(terminal, data, serves: true, cancellationToken) is { } azurite)
                return Local(data, azurite);

            return AzuriteRecord.Read(data) is { RunBy: { } other }
                ? throw new TinySaverException(
                    $"Process {other} is a `tinysaver run` or `view` on '{data.FolderPath}' already. Hand images to a run with `tinysaver upload`, end a view, or choose another folder with --data.")
                : null;
        }, cancellationToken);
    }

    /// <summary>The account for any other command: the named one, the environment's, that of a run on the data folder, or an Azurite of its own, which a command that stays serves to others.</summary>
    /// <exception cref="TinySaverException">There is no such account, or there are no data.</exception>
    public static async Task<StorageAccount> OpenAsync(
        Terminal terminal, string? storage, DataFolder data, bool create, CancellationToken cancellationToken, bool serves = false)
    {
        if (storage is not null)
            return Named(storage);

        if (Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } connection)
        {
            StorageAccount account = Named(connection);
            terminal.Say($"Storage: {account.Name} ({EnvironmentVariable})");
            return account;
        }

        if (!create && !Directory.Exists(data.AzuritePath))
        {
            throw new TinySaverException(
                $"There are no local data in '{data.FolderPath}'. Run `tinysaver run` first, or name an account with --storage or {EnvironmentVariable}.");
        }

        return await UntilFreeAsync(terminal, data, async () =>
        {
            if (await LocalAzurite.TryStartAsync(terminal, data, serves, cancellationToken) is { } azurite)
                return Local(data, azurite);

            return AzuriteRecord.Read(data) is { RunBy: not null } running
                ? new($"the Azurite of `tinysaver run` on {data.FolderPath}", Names(running.ConnectionString), azurite: null)
                : null;
        }, cancellationToken);
    }

    /// <summary>Creates containers, tables and queues where they are missing. An account in Azure has them from its infrastructure, and who uploads there may make none.</summary>
    public async Task EnsureCreatedAsync(CancellationToken cancellationToken)
    {
        if (Options.AccountUrl is not null)
            return;

        await Images.EnsureCreatedAsync(cancellationToken);
        await Labels.EnsureCreatedAsync(cancellationToken);
        await Escalations.EnsureCreatedAsync(cancellationToken);
        await Jobs.EnsureCreatedAsync(cancellationToken);
        await Reviews.EnsureCreatedAsync(cancellationToken);
        await Audits.EnsureCreatedAsync(cancellationToken);
        await JobFiles.EnsureCreatedAsync(cancellationToken);
        await _jobMessages.EnsureCreatedAsync(cancellationToken);
    }

    /// <summary>Does work on the account, and says so where it fails because an Azurite of this process has ended.</summary>
    /// <exception cref="TinySaverException">It has ended, or what the work threw.</exception>
    public async Task<T> UseAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (IsOwn && IsWithoutAnswer(error) && !(error is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            if (await Task.WhenAny(Ended, Task.Delay(EndIsKnownWithin, CancellationToken.None)) == Ended)
                throw OwnEnded(error);

            throw;
        }
    }

    /// <summary>What to throw where an Azurite of this process has ended.</summary>
    public static TinySaverException OwnEnded(Exception? error = null) => new(
        "Azurite ended by itself; what it had not saved is lost (it saves every 5 s). Run the command again: it goes on where it ended.", error);

    /// <summary>Stops an Azurite of this process.</summary>
    public ValueTask DisposeAsync() => _azurite?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static bool IsWithoutAnswer(Exception error) => Outage.Is(error is TinySaverException { InnerException: { } cause } ? cause : error);

    private static StorageAccount Local(DataFolder data, LocalAzurite azurite) =>
        new($"Azurite on {data.FolderPath}", Names(azurite.ConnectionString), azurite);

    // Containers, table and queue have other names where the environment says so, as in the function apps; the account is the caller's choice.
    private static StorageOptions Names(string? connectionString, Uri? url = null)
    {
        StorageOptions options = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new();
        options.ConnectionString = connectionString;
        options.AccountUrl = url;
        return options;
    }

    private static StorageAccount Named(string storage)
    {
        if (storage.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || storage.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return Uri.TryCreate(storage, UriKind.Absolute, out Uri? url)
                ? new(url.Host, Names(connectionString: null, url), azurite: null)
                : throw new TinySaverException($"'{storage}' is not an address; expected https://ACCOUNT.blob.core.windows.net.");
        }

        return new(name: null, Names(storage), azurite: null);
    }

    private static async Task<StorageAccount> UntilFreeAsync(
        Terminal terminal, DataFolder data, Func<Task<StorageAccount?>> open, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(BusyTimeout);
        for (bool said = false; ; said = true)
        {
            if (await open() is { } account)
                return account;

            if (timeout.IsCancellationRequested)
            {
                throw new TinySaverException(
                    $"Another tinysaver command has kept '{data.FolderPath}' for {BusyTimeout.TotalSeconds:N0} s. Wait for it, end it, or choose another folder with --data.");
            }

            if (!said)
                terminal.Say($"Waiting for another tinysaver command that uses {data.FolderPath} …");

            await Task.Delay(BusyPoll, cancellationToken);
        }
    }
}
