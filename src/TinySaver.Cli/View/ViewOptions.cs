using System.CommandLine;
using TinySaver.Viewer;

namespace TinySaver.Cli.View;

/// <summary>How the page is served.</summary>
internal static class ViewOptions
{
    /// <summary>The port.</summary>
    public static readonly Option<int> Port = new Option<int>("--port") { Description = "The page's port on 127.0.0.1. Default: any that is free.", HelpName = "n" }
        .Takes("a port, from 0 to 65535", n => n is >= 0 and <= 65535);

    /// <summary>Whether to open a browser.</summary>
    public static readonly Option<bool> Open = new("--open") { Description = "Open the page in the browser." };

    /// <summary>Whether the page changes nothing.</summary>
    public static readonly Option<bool> ReadOnly = new("--read-only") { Description = "The page uploads, retries and reviews nothing." };

    /// <summary>Who judges.</summary>
    public static readonly Option<string> Reviewer = new("--reviewer")
    {
        Description = "Who judges images on the page, as the reviews say.",
        HelpName = "name",
        DefaultValueFactory = _ => Environment.UserName,
    };

    /// <summary>What the arguments say.</summary>
    public static (ViewerOptions Options, bool Open) Of(ParseResult arguments) =>
        (new(arguments.GetValue(Port), arguments.GetValue(ReadOnly), arguments.GetValue(Reviewer) ?? Environment.UserName), arguments.GetValue(Open));
}
