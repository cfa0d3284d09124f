using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Storage;

public sealed class BlobCascadeFilesTests : IDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("tinysaver-cache-");
    private readonly BlobContainerClient _container;

    public BlobCascadeFilesTests(AzuriteFixture azurite)
    {
        ArgumentNullException.ThrowIfNull(azurite);
        StorageOptions options = azurite.NewOptions();
        _container = AzuriteFixture.Connect(options).Blobs.GetBlobContainerClient(options.ModelsContainer);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _cascade.Dispose();
        _cache.Delete(recursive: true);
    }

    [Theory]
    [InlineData("cascade.json")]
    [InlineData("prod/v2/cascade.json")]
    public async Task RentAsync_PolicyAndModelsInTheContainer_AreLoadedAndKeptOnDisk(string policyBlob)
    {
        await UploadAsync(policyBlob);
        await using CascadeHost host = Host(policyBlob);

        using (CascadeLease lease = await host.RentAsync(Cancellation))
        {
            Assert.Equal(_cascade.Policy.Id, lease.Cascade.PolicyId);
            Assert.Equal("tiny", lease.Cascade.Savers[0].Name);
        }

        // The models are not asked for again, only the policy.
        await foreach (Azure.Storage.Blobs.Models.BlobItem blob in _container.GetBlobsAsync(cancellationToken: Cancellation))
        {
            if (blob.Name != policyBlob)
                await _container.DeleteBlobAsync(blob.Name, cancellationToken: Cancellation);
        }

        await using CascadeHost second = Host(policyBlob);
        using CascadeLease again = await second.RentAsync(Cancellation);
        Assert.Equal(_cascade.Policy.Id, again.Cascade.PolicyId);
    }

    [Fact]
    public async Task RentAsync_WithoutTheLargeModel_BringsOnlyItsLabels()
    {
        await UploadAsync("cascade.json");
        await using CascadeHost host = Host("cascade.json", large: false);

        using CascadeLease lease = await host.RentAsync(Cancellation);

        Assert.Equal(["red", "green", "blue"], lease.Cascade.Labels);
        Assert.Equal(1_000, lease.Cascade.LargeMacs);
        Assert.Single(_cache.GetFiles("*.onnx", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task RefreshAsync_PolicyOverwritten_IsTaken()
    {
        await UploadAsync("cascade.json");
        await using CascadeHost host = Host("cascade.json");
        (await host.RentAsync(Cancellation)).Dispose();
        Assert.False(await host.RefreshAsync(Cancellation));
        _cascade.WritePolicy(threshold: 0.25);
        await UploadAsync("cascade.json");

        Assert.True(await host.RefreshAsync(Cancellation));

        using CascadeLease lease = await host.RentAsync(Cancellation);
        Assert.Equal(0.25, lease.Cascade.Policy.Savers[0].Threshold);
    }

    [Fact]
    public async Task RefreshAsync_PolicyPublishedPublishedAnewAndRolledBack_IsTakenEachTime()
    {
        await UploadAsync("cascade.json");
        var published = new PublishedPolicies(_container, "cascade.json");
        await using CascadeHost host = Host("cascade.json");
        string first = await UsedAsync();
        await published.WriteAsync(_cascade.Policy, Cancellation);
        await published.PointToAsync(first, Cancellation);
        _cascade.WritePolicy(threshold: 0.25);
        await published.WriteAsync(_cascade.Policy, Cancellation);

        Assert.True(await host.RefreshAsync(Cancellation)); // the pointer's, from now on
        Assert.Equal(first, await UsedAsync());
        Assert.Equal(new PolicyPointer(_cascade.Policy.Id, first), await published.PointToAsync(_cascade.Policy.Id, Cancellation));
        Assert.True(await host.RefreshAsync(Cancellation));
        Assert.Equal(_cascade.Policy.Id, await UsedAsync());
        Assert.False(await host.RefreshAsync(Cancellation));

        // The same id with other measurements, which the watch goes by.
        await published.WriteAsync(_cascade.Policy with { Test = new(7, null, null, null, null, Disagreement: 0, ExitRate: 1, DeltaC: -0.9) }, Cancellation);
        Assert.Equal(new PolicyPointer(_cascade.Policy.Id, first), await published.PointToAsync(_cascade.Policy.Id, Cancellation));
        Assert.True(await host.RefreshAsync(Cancellation));
        using (CascadeLease lease = await host.RentAsync(Cancellation))
            Assert.Equal(7, lease.Cascade.Policy.Test!.Samples);

        await published.PointToAsync(first, Cancellation);
        Assert.True(await host.RefreshAsync(Cancellation));
        Assert.Equal(first, await UsedAsync());

        async Task<string> UsedAsync()
        {
            using CascadeLease lease = await host.RentAsync(Cancellation);
            return lease.Cascade.PolicyId;
        }
    }

    [Theory]
    [InlineData("{}", "names no policy")]
    [InlineData("""{"current":"000000000000"}""", "There is no blob 'policies/000000000000.json' of container")]
    public async Task RentAsync_PointerToNothing_SaysSo(string content, string message)
    {
        await UploadAsync("cascade.json");
        await _container.GetBlobClient("policies/current.json").UploadAsync(BinaryData.FromString(content), overwrite: true, Cancellation);
        await using CascadeHost host = Host("cascade.json");

        InvalidPolicyException e = await Assert.ThrowsAsync<InvalidPolicyException>(async () => await host.RentAsync(Cancellation));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RentAsync_OtherModelThanThePolicysOwn_IsRefusedAndNotKept()
    {
        await UploadAsync("cascade.json");
        await _container.GetBlobClient("models/tiny/config.json").UploadAsync(
            BinaryData.FromString("""{"id2label":{"0":"green","1":"red","2":"blue"}}"""), overwrite: true, Cancellation);
        await using CascadeHost host = Host("cascade.json");

        InvalidPolicyException e = await Assert.ThrowsAsync<InvalidPolicyException>(async () => await host.RentAsync(Cancellation));

        Assert.Contains("models/tiny", e.Message, StringComparison.Ordinal);
        Assert.Empty(_cache.GetFiles("*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task RentAsync_FolderOfAnotherSpelling_IsKeptUnderItsOwnName()
    {
        await UploadAsync("cascade.json");
        SaverPolicy saver = _cascade.Policy.Savers[0];
        string json = CascadePolicyJson.Write(_cascade.Policy with { Savers = [saver with { Model = saver.Model with { Folder = "models/large/../tiny/." } }] });
        await _container.GetBlobClient("cascade.json").UploadAsync(BinaryData.FromString(json), overwrite: true, Cancellation);
        await using CascadeHost host = Host("cascade.json");

        using CascadeLease lease = await host.RentAsync(Cancellation);

        Assert.Equal("tiny", lease.Cascade.Savers[0].Name);
    }

    [Theory]
    [InlineData("nothing", "There is no blob 'cascade.json'")]
    [InlineData("no-model", "'models/tiny' is not in the container")]
    [InlineData("no-hash", "has no 'sha256'")]
    [InlineData("outside", "outside the container")]
    public async Task RentAsync_UnusableContainer_SaysWhatIsWrong(string fault, string message)
    {
        await _container.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        if (fault != "nothing")
        {
            CascadePolicy policy = _cascade.Policy;
            SaverPolicy saver = policy.Savers[0];
            Core.Cascade.ModelReference model = fault switch
            {
                "no-hash" => saver.Model with { Sha256 = null },
                "outside" => saver.Model with { Folder = "../tiny" },
                _ => saver.Model,
            };
            string json = CascadePolicyJson.Write(policy with { Savers = [saver with { Model = model }] });
            await _container.GetBlobClient("cascade.json").UploadAsync(BinaryData.FromString(json), overwrite: true, Cancellation);
        }

        await using CascadeHost host = Host("cascade.json");

        TinySaverException e = await Assert.ThrowsAnyAsync<TinySaverException>(async () => await host.RentAsync(Cancellation));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private CascadeHost Host(string policyBlob, bool large = true) => new(
        new BlobCascadeFiles(_container, policyBlob, _cache.FullName, NullLogger<BlobCascadeFiles>.Instance),
        Options.Create(new CascadeSourceOptions { Savers = true, Large = large }),
        TimeProvider.System,
        NullLogger<CascadeHost>.Instance);

    private async Task UploadAsync(string policyBlob)
    {
        await _container.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        string root = policyBlob[..^"cascade.json".Length];
        foreach (string file in Directory.EnumerateFiles(_cascade.Folder, "*", SearchOption.AllDirectories))
        {
            string name = root + Path.GetRelativePath(_cascade.Folder, file).Replace('\\', '/');
            await _container.GetBlobClient(name).UploadAsync(file, overwrite: true, Cancellation);
        }
    }
}
