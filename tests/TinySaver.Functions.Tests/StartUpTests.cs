using System.Reflection;
using TinySaver.Functions.Large;
using TinySaver.Functions.Tiny;

namespace TinySaver.Functions.Tests;

/// <summary>The apps' own entry points, with the address of a Functions host that is not there.</summary>
public sealed class StartUpTests
{
    private static readonly string[] HostArguments =
        ["--Functions:Worker:HostEndpoint=http://127.0.0.1:1", "--Functions:Worker:WorkerId=w", "--Functions:Worker:GrpcMaxMessageLength=1000000"];

    [Theory]
    [InlineData(typeof(ClassifyWithTinyModel), "ImagesStorage__blobServiceUri")]
    [InlineData(typeof(ClassifyWithLargeModel), "EscalationsServiceBus__fullyQualifiedNamespace")]
    public async Task Main_SettingsMissing_NamesThemInSentencesAndEndsWithOne(Type function, string setting) =>
        Assert.Contains(setting, await StartAsync(function), StringComparison.Ordinal);

    [Theory]
    [InlineData(typeof(ClassifyWithTinyModel))]
    [InlineData(typeof(ClassifyWithLargeModel))]
    public async Task Main_ConnectionStringThatIsNone_NamesTheSetting(Type function) => Assert.Contains(
        "EscalationsServiceBus is no connection string", await StartAsync(function, "--EscalationsServiceBus=garbage"), StringComparison.Ordinal);

    // Whatever runs beside it may write to standard error too: what is looked for is there, what must not be is nobody's.
    private static async Task<string> StartAsync(Type function, params string[] settings)
    {
        TextWriter before = Console.Error;
        using var errors = new StringWriter();
        Console.SetError(TextWriter.Synchronized(errors));
        try
        {
            MethodInfo main = function.Assembly.EntryPoint!;

            Assert.Equal(1, await Task.Run(() => (int)main.Invoke(null, [(string[])[.. HostArguments, .. settings]])!));
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.DoesNotContain("   at ", errors.ToString(), StringComparison.Ordinal);
        return errors.ToString();
    }
}
