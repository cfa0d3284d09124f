using Microsoft.Extensions.Configuration;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Pipeline.Tests.FunctionApps;

public sealed class ServiceBusConnectionTests
{
    [Fact]
    public void Create_ConnectionString_ComesFirst() => Assert.Equal(
        "string Endpoint=sb://x", Create(("EscalationsServiceBus", "Endpoint=sb://x"), ("EscalationsServiceBus:fullyQualifiedNamespace", "y")));

    [Fact]
    public void Create_Namespace_IsByIdentity() => Assert.Equal(
        "identity y.servicebus.windows.net", Create(("EscalationsServiceBus:fullyQualifiedNamespace", "y.servicebus.windows.net")));

    [Fact]
    public void Create_Neither_NamesTheSettings()
    {
        string message = Assert.Throws<TinySaverException>(() => Create()).Message;

        Assert.Contains("EscalationsServiceBus__fullyQualifiedNamespace", message, StringComparison.Ordinal);
    }

    private static string Create(params (string Key, string Value)[] settings) => ServiceBusConnection.Create(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build(),
        s => $"string {s}",
        s => $"identity {s}");
}
