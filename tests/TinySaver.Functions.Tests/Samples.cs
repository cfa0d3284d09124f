using TinySaver.Core.Escalations;

namespace TinySaver.Functions.Tests;

internal static class Samples
{
    public static Escalation Escalation(string name) => new()
    {
        Container = "images",
        Name = name,
        ETag = "0x1",
        LastModified = DateTimeOffset.UnixEpoch,
        Tiny = new TinyAnswer(0, "red", 0.5, []),
        Policy = "p",
        EnqueuedAt = DateTimeOffset.UnixEpoch,
    };
}
