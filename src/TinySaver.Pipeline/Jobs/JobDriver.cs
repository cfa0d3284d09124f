using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Jobs;

/// <summary>Takes the messages of the queue <c>jobs</c>: begins a job, or goes on with it where it stands.</summary>
/// <remarks>A call lasts a few minutes at most; what is left then goes on with a message of its own. Repeating a message changes nothing.</remarks>
public sealed class JobDriver(
    IJobStore jobs, IJobMessages messages, JobPlanner planner, JobFinisher finisher, Patience patience, TimeProvider time, ILogger<JobDriver> logger)
{
    // A third of what host.json lets a call work, so that a slow page or file still ends in time.
    private static readonly TimeSpan CallTime = TimeSpan.FromMinutes(3);

    // A job that stood still for so long may have lost messages, with the storage that held them. One too many does no harm.
    private static readonly TimeSpan Standstill = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    // What a table's property holds of a message that is no request.
    private const int ExcerptLength = 2_000;

    /// <summary>Works on one message, and waits out outages within the call; where it throws, the message must come again.</summary>
    /// <param name="message">The request.</param>
    /// <param name="cancellationToken">Ends the work; what is written stays.</param>
    /// <param name="goesOn">Whether what is left goes on with a message of its own; not where whoever calls comes again anyway.</param>
    public Task ReceiveAsync(string message, CancellationToken cancellationToken, bool goesOn = true) =>
        patience.TryAsync("Working on a job", token => WorkAsync(message, goesOn, token), cancellationToken);

    /// <summary>Stops a job whose message has used up its tries.</summary>
    public Task GiveUpAsync(string message, CancellationToken cancellationToken) => patience.TryAsync(
        "Giving up a job",
        async token =>
        {
            const string Reason = "The app failed on this job until its tries were used up; the app's log says why. Send it again under another name when that is mended.";
            if (await BeginAsync(message, token).ConfigureAwait(false) is { } stored)
                await jobs.StopAsync(messages, stored.Row.Id, JobState.Failed, Reason, token).ConfigureAwait(false);
        },
        cancellationToken);

    private async Task WorkAsync(string message, bool goesOn, CancellationToken cancellationToken)
    {
        if (await BeginAsync(message, cancellationToken).ConfigureAwait(false) is not { } stored)
            return;

        try
        {
            TimeSpan? rest = await AdvanceAsync(stored, cancellationToken).ConfigureAwait(false);
            if (goesOn && rest is { } wait)
                await messages.SendJobAsync(stored.Row.Request, wait, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidJobException e)
        {
            await jobs.StopAsync(messages, stored.Row.Id, JobState.Failed, e.Message, cancellationToken).ConfigureAwait(false);
        }
    }

    // The job that a message asks for, entered where it is new; null where it asks for none, or for another under a name that is taken.
    private async Task<StoredJob?> BeginAsync(string message, CancellationToken cancellationToken)
    {
        JobRequest request;
        try
        {
            request = JobJson.Read(message);
        }
        catch (InvalidJobException e)
        {
            await RefuseAsync(message, e.Message, e.Id, cancellationToken).ConfigureAwait(false);
            return null;
        }

        string text = JobJson.Write(request);
        await jobs.TryInsertAsync(New(request.Id, text), cancellationToken).ConfigureAwait(false);
        StoredJob stored = (await jobs.GetAsync(request.Id, cancellationToken).ConfigureAwait(false))!;
        if (stored.Row.Request == text)
            return stored;

        await RefuseAsync(message, $"There is another job '{request.Id}' already. Send this one under another name.", id: null, cancellationToken).ConfigureAwait(false);
        return null;
    }

    // After which time it goes on; null where it need not.
    private async Task<TimeSpan?> AdvanceAsync(StoredJob stored, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        bool HasTime() => time.GetElapsedTime(start) < CallTime;
        if (!stored.Row.IsOver && !stored.Row.IsHandedOut)
            stored = await planner.PlanAsync(stored, HasTime, cancellationToken).ConfigureAwait(false);

        if (stored.Row.FinishedAt is not null)
        {
            // Whoever finished it may have died before this.
            await jobs.DeleteChunksAsync(stored.Row.Id, cancellationToken).ConfigureAwait(false);
            return null;
        }

        if (stored.Row.IsOver || stored.IsWorkedOff)
        {
            if (!await finisher.FinishAsync(stored, HasTime, cancellationToken).ConfigureAwait(false))
                return HasTime() ? Wait(stored) : TimeSpan.Zero;

            Log.JobFinished(logger, stored.Row.Id);
        }
        else if (!stored.Row.IsHandedOut)
        {
            return TimeSpan.Zero;
        }
        else if (time.GetUtcNow() - stored.MovedAt > Standstill)
        {
            await planner.SendAgainAsync(stored, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    // In proportion to what was waited already: a short queue is seen soon, a long one not asked for in vain.
    private TimeSpan Wait(StoredJob stored)
    {
        TimeSpan waited = (time.GetUtcNow() - stored.MovedAt) / 4;
        return waited < ShortestWait ? ShortestWait : waited > LongestWait ? LongestWait : waited;
    }

    // Whoever sent it sees in the list of jobs what is wrong with it.
    private async Task RefuseAsync(string message, string reason, string? id, CancellationToken cancellationToken)
    {
        Log.JobRefused(logger, reason);
        JobRow Row(string name) => New(name, message[..Math.Min(message.Length, ExcerptLength)]) with { State = JobState.Failed, Reason = reason, FinishedAt = time.GetUtcNow() };
        if (id is null || !await jobs.TryInsertAsync(Row(id), cancellationToken).ConfigureAwait(false))
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message)).AsSpan(0, 8));
            await jobs.TryInsertAsync(Row($"refused-{hash}"), cancellationToken).ConfigureAwait(false);
        }
    }

    private JobRow New(string id, string request) => new() { Id = id, Request = request, SubmittedAt = time.GetUtcNow() };
}
