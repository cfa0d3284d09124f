using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TinySaver.Core.Failures;
using TinySaver.Viewer.Counting;
using TinySaver.Viewer.Live;
using TinySaver.Viewer.Pictures;
using TinySaver.Viewer.Policies;
using TinySaver.Viewer.Reviews;
using TinySaver.Viewer.Rows;
using TinySaver.Viewer.Safety;
using TinySaver.Viewer.WhatIf;

namespace TinySaver.Viewer;

/// <summary>Serves the page on loopback until disposed.</summary>
public sealed class ViewerServer : IAsyncDisposable
{
    // Open connections of the live figures never end by themselves.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMilliseconds(200);

    private readonly WebApplication _app;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _counting;

    private readonly IDisposable[] _owned;
    private int _disposed;

    private ViewerServer(WebApplication app, RowBook book, Uri url, params IDisposable[] owned)
    {
        _app = app;
        _owned = owned;
        Url = url;
        _counting = book.RunAsync(_ending.Token);
    }

    /// <summary>The address to open first, with the token that lets its reader in.</summary>
    public Uri Url { get; }

    /// <summary>Starts the server.</summary>
    /// <exception cref="TinySaverException">The port is taken.</exception>
    public static async Task<ViewerServer> StartAsync(ViewerSources sources, ViewerOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        // Not the default builder: neither the environment nor a file in the working folder may make it listen elsewhere.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = UploadEndpoint.MaxBytes;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        builder.Services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        WebApplication app = builder.Build();
        var policies = new PolicyBook(sources.Files, time);
        var book = new RowBook(sources, policies, time);
        var pictures = new PictureCache(sources);
        var guard = new Guard(options.ReadOnly);
        app.Use(guard.InvokeAsync);
        app.Use(Failures.InvokeAsync);
        RouteGroupBuilder api = app.MapGroup("/api");
        app.MapAssets(guard);
        api.MapLive(book, policies, sources, options);
        api.MapRows(sources, policies, time);
        api.MapPictures(pictures);
        api.MapUpload(sources);
        api.MapRetry(sources);
        api.MapReviews(sources, policies, options, time);
        api.MapWhatIf(book, policies);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            throw new TinySaverException($"The page cannot be served on port {options.Port}: {e.Message} Choose another with --port, or leave it out for any that is free.", e);
        }

        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        guard.Port = new Uri(address).Port;
        return new(app, book, new Uri($"{address}/?token={guard.Token}"), policies, pictures);
    }

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;

        await _ending.CancelAsync();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _counting;
        foreach (IDisposable owned in _owned)
            owned.Dispose();

        _ending.Dispose();
    }

    // The default encoder escapes what HTML could take for its own.
    private static void Configure(JsonSerializerOptions json)
    {
        json.Encoder = JavaScriptEncoder.Default;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
    }
}
