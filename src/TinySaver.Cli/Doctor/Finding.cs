namespace TinySaver.Cli.Doctor;

/// <summary>How something stands.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth a look, but images get their labels.</summary>
    Warning,

    /// <summary>Images do not get their labels, or soon will not.</summary>
    Broken,

    /// <summary>There is no such thing in this deployment, or nothing to see it by.</summary>
    NotHere,
}

/// <summary>What a check found, in one line.</summary>
/// <param name="Verdict">How it stands.</param>
/// <param name="Seen">What was seen, without any secret.</param>
/// <param name="ToDo">What to do about it; null where there is nothing to do.</param>
internal sealed record Finding(Verdict Verdict, string Seen, string? ToDo = null)
{
    public static Finding Ok(string seen) => new(Verdict.Ok, seen);

    public static Finding Warning(string seen, string toDo) => new(Verdict.Warning, seen, toDo);

    public static Finding Broken(string seen, string toDo) => new(Verdict.Broken, seen, toDo);

    public static Finding NotHere(string seen) => new(Verdict.NotHere, seen);
}

/// <summary>One thing that the doctor looks at. A new one is a class in <c>Checks</c>, an item of <see cref="DoctorRun.Checks"/> and a row in docs/deploy.md.</summary>
/// <param name="Name">What it is.</param>
/// <param name="LookAsync">Looks at it. What <see cref="DoctorRun"/> can explain of what it throws is told as broken.</param>
/// <param name="InAzure">Whether it is seen by Resource Manager only.</param>
/// <param name="Seconds">How long it may take.</param>
internal sealed record Check(string Name, Func<Deployment, CancellationToken, Task<Finding>> LookAsync, bool InAzure = true, int Seconds = 30);

/// <summary>A line of the doctor's report.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Verdict">How it stands.</param>
/// <param name="Seen">What was seen.</param>
/// <param name="ToDo">What to do; null where there is nothing to do.</param>
/// <param name="Seconds">How long the look took.</param>
internal sealed record DoctorLine(string Check, Verdict Verdict, string Seen, string? ToDo, double Seconds);

/// <summary>The object that <c>--json</c> prints.</summary>
/// <param name="Healthy">Whether nothing is broken.</param>
/// <param name="Lines">What was found, in the order in which data flow.</param>
internal sealed record DoctorReport(bool Healthy, IReadOnlyList<DoctorLine> Lines);
