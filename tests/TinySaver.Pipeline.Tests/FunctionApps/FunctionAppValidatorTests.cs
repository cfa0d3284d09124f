using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Pipeline.Tests.FunctionApps;

public sealed class FunctionAppValidatorTests
{
    private static readonly Dictionary<string, string?> ByConnectionString = new()
    {
        ["ImagesStorage"] = "UseDevelopmentStorage=true",
        ["EscalationsServiceBus"] = "Endpoint=sb://localhost;UseDevelopmentEmulator=true;",
    };

    private static readonly Dictionary<string, string?> ByIdentity = new()
    {
        ["ImagesStorage:blobServiceUri"] = "https://a.blob.core.windows.net",
        ["ImagesStorage:queueServiceUri"] = "https://a.queue.core.windows.net",
        ["EscalationsServiceBus:fullyQualifiedNamespace"] = "a.servicebus.windows.net",
    };

    public static TheoryData<bool, string> Complete => new() { { true, "connection string" }, { true, "identity" }, { false, "connection string" }, { false, "identity" } };

    [Theory]
    [MemberData(nameof(Complete))]
    public void Validate_CompleteSettings_Succeeds(bool isTiny, string kind) =>
        Assert.True(Validate(isTiny, kind == "identity" ? ByIdentity : ByConnectionString).Succeeded);

    [Theory]
    [InlineData("ImagesStorage", "ImagesStorage__blobServiceUri")]
    [InlineData("EscalationsServiceBus", "EscalationsServiceBus__fullyQualifiedNamespace")]
    public void Validate_MissingConnection_NamesBothWaysToSetIt(string connection, string setting)
    {
        var settings = new Dictionary<string, string?>(ByConnectionString) { [connection] = null };

        string failure = Assert.Single(Validate(isTiny: true, settings).Failures!);

        Assert.Contains(setting, failure, StringComparison.Ordinal);
        Assert.Contains($"set {connection} to a connection string", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_IdentityWithoutQueueAddress_NamesTheQueueAddressOnly()
    {
        var settings = new Dictionary<string, string?>(ByIdentity) { ["ImagesStorage:queueServiceUri"] = " " };

        string failure = Assert.Single(Validate(isTiny: true, settings).Failures!);

        Assert.Contains("ImagesStorage__queueServiceUri", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("ImagesStorage__blobServiceUri", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_LargeAppWithoutImagesConnection_Succeeds() =>
        Assert.True(Validate(isTiny: false, new Dictionary<string, string?>(ByConnectionString) { ["ImagesStorage"] = null }).Succeeded);

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void Validate_TraceShareThatIsNone_Fails(double share)
    {
        ValidateOptionsResult result = new AnnotatedOptionsValidator<FunctionAppOptions>(FunctionAppOptions.Section)
            .Validate(null, new FunctionAppOptions { TraceShare = share });

        Assert.Contains("TinySaver__Functions__TraceShare", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OtherContainerThanTheTriggers_Fails()
    {
        var settings = new Dictionary<string, string?>(ByConnectionString) { ["TinySaver:Storage:ImagesContainer"] = "photos" };

        string failure = Assert.Single(Validate(isTiny: true, settings).Failures!);

        Assert.Contains("TinySaver__Storage__ImagesContainer is 'photos'", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("Cpu", false)]
    [InlineData("cuda", true)]
    public void Validate_RequiredGpu_MustBeAskedFor(string? provider, bool succeeds)
    {
        var settings = new Dictionary<string, string?>(ByConnectionString) { ["TinySaver:Cascade:LargeProvider"] = provider };

        ValidateOptionsResult result = Validate(isTiny: false, settings, new FunctionAppOptions { RequireGpu = true });

        Assert.Equal(succeeds, result.Succeeded);
        Assert.Equal(!succeeds, result.FailureMessage?.Contains("TinySaver__Cascade__LargeProvider", StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData("ImagesStorage", "garbage")]
    [InlineData("ImagesStorage", "AccountName=a;AccountKey=?")]
    [InlineData("EscalationsServiceBus", "garbage")]
    public void Validate_ConnectionStringThatNoClientTakes_NamesTheSettingAndKeepsItsValue(string connection, string value)
    {
        var settings = new Dictionary<string, string?>(ByConnectionString) { [connection] = value };

        string failure = Assert.Single(Validate(isTiny: true, settings).Failures!);

        Assert.StartsWith($"The setting {connection} is no connection string", failure, StringComparison.Ordinal);
        Assert.DoesNotContain(value, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ImagesStorage:blobServiceUri", "a.blob.core.windows.net")]
    [InlineData("ImagesStorage:queueServiceUri", "ftp://a")]
    [InlineData("EscalationsServiceBus:fullyQualifiedNamespace", "sb://a.servicebus.windows.net/")]
    public void Validate_AddressThatIsNone_NamesTheSetting(string setting, string value)
    {
        var settings = new Dictionary<string, string?>(ByIdentity) { [setting] = value };

        string failure = Assert.Single(Validate(isTiny: true, settings).Failures!);

        Assert.Equal($"The setting {setting.Replace(":", "__", StringComparison.Ordinal)} is '{value}', which is no address.", failure);
    }

    // As the library of Service Bus does, which these tests do without.
    private static void Parse(string connectionString)
    {
        if (!connectionString.StartsWith("Endpoint=", StringComparison.Ordinal))
            throw new FormatException("The connection string could not be parsed.");
    }

    private static ValidateOptionsResult Validate(bool isTiny, Dictionary<string, string?> settings, FunctionAppOptions? options = null) =>
        new FunctionAppValidator(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), isTiny, Parse).Validate(null, options ?? new());
}
