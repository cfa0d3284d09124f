namespace TinySaver.Cli.Results;

/// <summary>Shows rows on standard output as they come.</summary>
internal interface IResultSink : IAsyncDisposable
{
    /// <summary>Shows a row.</summary>
    void Write(ResultRow row);

    /// <summary>Hands what was written to the reader.</summary>
    Task FlushAsync();
}
