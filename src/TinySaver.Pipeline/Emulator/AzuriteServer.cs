using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Emulator;

/// <summary>The three loopback ports of an emulator.</summary>
/// <param name="Blob">The blob service's; 0 for any free one.</param>
/// <param name="Queue">The queue service's; 0 for any free one.</param>
/// <param name="Table">The table service's; 0 for any free one.</param>
public sealed record AzuritePorts(int Blob, int Queue, int Table)
{
    /// <summary>Ports that nobody uses.</summary>
    public static AzuritePorts Free { get; } = new(0, 0, 0);
}

/// <summary>A running Azurite, on loopback only, that ends when this process does, however it does.</summary>
/// <remarks>
/// It stops when its standard input closes, see <c>tools/azurite/supervise.cjs</c>; Ctrl-C is left to the program, which may
/// still have work to settle.
/// </remarks>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    // Azurite's one account and its published key, the same on every machine; it guards nothing.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Longer than supervise.cjs waits for an Azurite that still saves the same folder.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    // Saving takes a second or two for a hundred thousand rows.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task _errors;

    private AzuriteServer(Process process, Task errors, AzuritePorts ports)
    {
        _process = process;
        _errors = errors;
        Ports = ports;
        Ended = process.WaitForExitAsync();
    }

    /// <summary>The ports it listens on.</summary>
    public AzuritePorts Ports { get; }

    /// <summary>What any Azure client on this machine needs to use it.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{Ports.Blob}/{Account};QueueEndpoint=http://127.0.0.1:{Ports.Queue}/{Account};TableEndpoint=http://127.0.0.1:{Ports.Table}/{Account};");

    /// <summary>The operating system's id of its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Completes when it has ended, be it by <see cref="StopAsync"/> or by itself; always the same task.</summary>
    public Task Ended { get; }

    /// <summary>Starts an emulator from the folder of <see cref="AzuriteInstallation"/> and waits until it listens; where that is cancelled, it ends.</summary>
    /// <param name="toolFolder">Where it is installed.</param>
    /// <param name="dataFolder">Where it keeps its data, created if missing; without one all is kept in memory.</param>
    /// <param name="ports">Where it listens.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <param name="accessLog">Takes each line of its access log, one a request that it answered, whoever asked; without it Azurite writes none.</param>
    /// <exception cref="TinySaverException">It did not start: Node.js missing, a port taken, the folder in use.</exception>
    public static async Task<AzuriteServer> StartAsync(
        string toolFolder, string? dataFolder, AzuritePorts ports, CancellationToken cancellationToken, Action<string>? accessLog = null)
    {
        Process process = AzuriteInstallation.StartOrExplain(StartInfo(toolFolder, dataFolder, ports, silent: accessLog is null));
        var errorText = new StringBuilder();
        Task errors = DrainAsync(process.StandardError, line => errorText.AppendLine(line));
        try
        {
            AzuritePorts actual = await ReadPortsAsync(process.StandardOutput, accessLog, cancellationToken).ConfigureAwait(false);
            return new AzuriteServer(process, errors, actual);
        }
        catch (Exception e)
        {
            await EndAsync(process).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await errors.ConfigureAwait(false);
            throw new TinySaverException(
                $"Azurite did not start (exit code {process.ExitCode}, data folder {dataFolder ?? "none"}): {errorText.ToString().Trim()} {e.Message}", e);
        }
    }

    /// <summary>Stops it, its data saved. Calling it again changes nothing.</summary>
    public async Task StopAsync()
    {
        await EndAsync(_process).ConfigureAwait(false);
        await Ended.ConfigureAwait(false);
        await _errors.ConfigureAwait(false);
    }

    /// <summary>Stops it as <see cref="StopAsync"/> does and frees its handles.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(string toolFolder, string? dataFolder, AzuritePorts ports, bool silent)
    {
        string Number(int port) => port.ToString(CultureInfo.InvariantCulture);

        // The SDK is newer than this Azurite, which otherwise refuses its API version.
        List<string> arguments =
        [
            Path.Combine(toolFolder, "supervise.cjs"), "--disableTelemetry", "--skipApiVersionCheck",
            "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
            "--blobPort", Number(ports.Blob), "--queuePort", Number(ports.Queue), "--tablePort", Number(ports.Table),
        ];
        if (silent)
            arguments.Add("--silent");

        if (dataFolder is null)
            arguments.Add("--inMemoryPersistence");
        else
            arguments.AddRange(["--location", Directory.CreateDirectory(dataFolder).FullName]);

        return new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = toolFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private static async Task<AzuritePorts> ReadPortsAsync(StreamReader output, Action<string>? accessLog, CancellationToken cancellationToken)
    {
        // Nobody may ever stop reading: a full pipe would stop Azurite at its next line.
        var lines = Channel.CreateUnbounded<string>();
        _ = DrainAsync(output, Take).ContinueWith(_ => lines.Writer.TryComplete(), TaskScheduler.Default);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout);
        AzuritePorts ports = AzuritePorts.Free;
        await foreach (string line in lines.Reader.ReadAllAsync(timeout.Token).ConfigureAwait(false))
        {
            Match match = Listening().Match(line);
            if (!match.Success)
                continue;

            int port = int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture);
            ports = match.Groups["service"].Value switch
            {
                "Blob" => ports with { Blob = port },
                "Queue" => ports with { Queue = port },
                _ => ports with { Table = port },
            };
            if (ports is { Blob: > 0, Queue: > 0, Table: > 0 })
            {
                lines.Writer.TryComplete();
                return ports;
            }
        }

        throw new IOException("It ended before all three services listened.");

        void Take(string line)
        {
            lines.Writer.TryWrite(line);
            accessLog?.Invoke(line);
        }
    }

    private static async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task DrainAsync(StreamReader reader, Action<string> take)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            take(line);
    }

    [GeneratedRegex(@"Azurite (?<service>Blob|Queue|Table) service is successfully listening at http://[^:]+:(?<port>\d+)")]
    private static partial Regex Listening();
}
