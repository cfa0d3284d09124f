using TinySaver.Core.Escalations;

namespace TinySaver.Tests;

/// <summary>An escalation whose name alone matters.</summary>
internal static class SampleEscalation
{
    public static Escalation Of(string name) => new()
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
