using Microsoft.Extensions.Configuration;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Pipeline.Tests.FunctionApps;

public sealed class ServiceBusConnectionTests
{
    [Fact]
    public void Read_ConnectionString_ComesFirst()
    {
        ServiceBusConnection connection = Read(("EscalationsServiceBus", "Endpoint=sb://x"), ("EscalationsServiceBus:fullyQualifiedNamespace", "y"));

        Assert.Equal(new ServiceBusConnection("Endpoint=sb://x", null), connection);
        Assert.Equal("string Endpoint=sb://x", connection.Create(s => $"string {s}", s => $"identity {s}"));
    }

    [Fact]
    public void Read_Namespace_IsByIdentity()
    {
        ServiceBusConnection connection = Read(("EscalationsServiceBus:fullyQualifiedNamespace", "y.servicebus.windows.net"));

        Assert.Equal("identity y.servicebus.windows.net", connection.Create(s => $"string {s}", s => $"identity {s}"));
    }

    [Fact]
    public void Read_Neither_NamesTheSettings()
    {
        string message = Assert.Throws<TinySaverException>(() => Read()).Message;

        Assert.Contains("EscalationsServiceBus__fullyQualifiedNamespace", message, StringComparison.Ordinal);
    }

    private static ServiceBusConnection Read(params (string Key, string Value)[] settings) => ServiceBusConnection.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());
}
