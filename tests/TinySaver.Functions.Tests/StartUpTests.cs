using System.Reflection;
using Microsoft.Extensions.Options;
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
    public async Task Main_SettingsMissing_NamesThem(Type function, string setting)
    {
        MethodInfo main = function.Assembly.EntryPoint!;

        Exception? failure = await Record.ExceptionAsync(() => Task.Run(() => main.Invoke(null, [HostArguments])));

        var inner = Assert.IsType<TargetInvocationException>(failure).InnerException;
        Assert.Contains(setting, Flatten(inner!), StringComparison.Ordinal);
    }

    // Several options may be wrong at once; the host then throws them together.
    private static string Flatten(Exception e) => e is AggregateException all
        ? string.Join(" ", all.InnerExceptions.Select(Flatten))
        : Assert.IsType<OptionsValidationException>(e).Message;
}
