using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TinySaver.Functions.Large;
using TinySaver.Functions.Tiny;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tests;

/// <summary>The worker makes a function's object from the app's services at its first call; a missing service would show only then.</summary>
public sealed class CompositionTests
{
    private static readonly IConfiguration Settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["ImagesStorage"] = "UseDevelopmentStorage=true",
        ["EscalationsServiceBus:fullyQualifiedNamespace"] = "nobody.servicebus.windows.net",
        ["TinySaver:Storage:AccountUrl"] = "https://nobody.blob.core.windows.net",
    }).Build();

    public static TheoryData<Type> TinyFunctions =>
        [.. typeof(ClassifyWithTinyModel).Assembly.GetTypes().Where(t => t.GetMethods().Any(m => m.IsDefined(typeof(FunctionAttribute), inherit: false)))];

    [Theory]
    [MemberData(nameof(TinyFunctions))]
    public async Task TinyApp_MakesItsFunctions(Type function) =>
        await MakeAsync(new ServiceCollection().AddTinyFunctionApp(Settings, Parse).AddServiceBusEscalations(Settings), function);

    [Fact]
    public async Task LargeApp_MakesItsFunction() =>
        await MakeAsync(new ServiceCollection().AddLargeFunctionApp(Settings, Parse), typeof(ClassifyWithLargeModel));

    private static void Parse(string connectionString) => _ = new ServiceBusClient(connectionString);

    private static async Task MakeAsync(IServiceCollection services, Type function)
    {
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.NotNull(ActivatorUtilities.CreateInstance(provider, function));
    }
}
