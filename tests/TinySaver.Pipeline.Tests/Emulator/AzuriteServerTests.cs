using System.Diagnostics;
using System.Globalization;
using Azure.Storage.Blobs;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Emulator;

namespace TinySaver.Pipeline.Tests.Emulator;

public sealed class AzuriteServerTests(AzuriteFixture azurite) : IDisposable
{
    private readonly string _tool = azurite is null ? throw new ArgumentNullException(nameof(azurite)) : AzuriteInstallation.FindFolder();
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tinysaver-azurite-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task StartAsync_SameFolderAndPortsAgain_HasTheDataOfBefore()
    {
        AzuritePorts ports;
        await using (AzuriteServer first = await AzuriteServer.StartAsync(_tool, _data.FullName, AzuritePorts.Free, Cancellation))
        {
            ports = first.Ports;
            await UploadAsync(first, "kept");
        }

        await using AzuriteServer second = await AzuriteServer.StartAsync(_tool, _data.FullName, ports, Cancellation);

        Assert.Equal(ports, second.Ports);
        Assert.Equal("kept", (await Blob(second).DownloadContentAsync(Cancellation)).Value.Content.ToString());
    }

    [Fact]
    public async Task StartAsync_FolderThatAnotherStillUses_WaitsForItsEnd()
    {
        AzuriteServer first = await AzuriteServer.StartAsync(_tool, _data.FullName, AzuritePorts.Free, Cancellation);
        Task<AzuriteServer> starting = AzuriteServer.StartAsync(_tool, _data.FullName, AzuritePorts.Free, Cancellation);
        await UploadAsync(first, "saved at the end");
        Assert.False(starting.IsCompleted);

        await first.DisposeAsync();

        await using AzuriteServer second = await starting;
        Assert.Equal("saved at the end", (await Blob(second).DownloadContentAsync(Cancellation)).Value.Content.ToString());
    }

    [Fact]
    public async Task StartAsync_PortTaken_SaysSo()
    {
        await using AzuriteServer first = await AzuriteServer.StartAsync(_tool, null, AzuritePorts.Free, Cancellation);

        TinySaverException e = await Assert.ThrowsAsync<TinySaverException>(() => AzuriteServer.StartAsync(_tool, null, first.Ports, Cancellation));

        Assert.Contains("EADDRINUSE", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listings_NamesThatXmlCannotHold_AreWhole()
    {
        string[] names = ["a/\u0001.jpg", "a/\uFFFE.jpg", "a/plain.jpg"];
        BlobContainerClient container = new BlobServiceClient(azurite.Server.ConnectionString).GetBlobContainerClient("odd-names");
        await container.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        foreach (string name in names)
            await container.UploadBlobAsync(name, BinaryData.FromString("x"), Cancellation);

        string[] listed = [.. (await container.GetBlobsAsync(cancellationToken: Cancellation).ToArrayAsync(Cancellation)).Select(b => b.Name)];
        string[] below = [.. (await container.GetBlobsAsync(new() { Prefix = "a/\u0001" }, Cancellation).ToArrayAsync(Cancellation)).Select(b => b.Name)];

        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.Equal([names[0]], below);
    }

    [Fact]
    public async Task SignalsToTheWholeGroup_AreLeftToTheOwner()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no signals to send.");

        await using AzuriteServer server = await AzuriteServer.StartAsync(_tool, _data.FullName, AzuritePorts.Free, Cancellation);

        // Ctrl-C, a service manager or a container that ends, a terminal that is closed.
        foreach (int signal in (int[])[Posix.SigInt, Posix.SigTerm, Posix.SigHup])
        {
            Posix.Signal(server.ProcessId, signal);
            await UploadAsync(server, $"still there after {signal}");
        }

        Assert.False(server.Ended.IsCompleted);
    }

    [Fact(Timeout = 60_000)]
    public async Task Ended_EmulatorKilled_CompletesForWhoeverHoldsIt()
    {
        await using AzuriteServer server = await AzuriteServer.StartAsync(_tool, null, AzuritePorts.Free, Cancellation);
        Task ended = server.Ended;
        using (var process = Process.GetProcessById(server.ProcessId))
            process.Kill();

        await ended.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Same(ended, server.Ended);
    }

    [Fact(Timeout = 60_000)]
    public async Task OwnerKilled_EndsTheEmulatorWithItsDataSaved()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Uses a shell to stand for the owner.");

        // The shell holds the pipe's other end as an owner would; SIGKILL gives it no chance to close anything.
        const string Script = """
            mkfifo "$1/pipe"
            node "$0/supervise.cjs" --silent --disableTelemetry --location "$1" --blobPort 0 --queuePort 0 --tablePort 0 < "$1/pipe" &
            exec 3> "$1/pipe"
            wait
            """;
        var start = new ProcessStartInfo("sh", ["-c", Script, _tool, _data.FullName])
        {
            RedirectStandardOutput = true,
        };
        using Process owner = Process.Start(start)!;
        string? line = "";
        while (line?.Contains("Table service is successfully", StringComparison.Ordinal) == false)
            line = await owner.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

        Assert.True(line is not null, "The emulator ended before it served its tables.");
        string pidFile = Path.Combine(_data.FullName, "azurite.pid");
        using var emulator = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pidFile, Cancellation), CultureInfo.InvariantCulture));

        owner.Kill(entireProcessTree: false);

        await emulator.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.False(File.Exists(pidFile));
        Assert.True(File.Exists(Path.Combine(_data.FullName, "__azurite_db_table__.json")));
    }

    private static BlobClient Blob(AzuriteServer server) => new BlobContainerClient(server.ConnectionString, "container").GetBlobClient("blob");

    private static async Task UploadAsync(AzuriteServer server, string content)
    {
        await new BlobContainerClient(server.ConnectionString, "container").CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await Blob(server).UploadAsync(BinaryData.FromString(content), overwrite: true, Cancellation);
    }
}
