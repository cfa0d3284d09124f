using TinySaver.Calibration.Costs;

namespace TinySaver.Calibration.Planning;

/// <summary>Simulates instances before a queue, event by event: an image comes, a piece of work ends, the platform looks and scales.</summary>
/// <remarks>
/// First come, first served; what has been free for longest takes the next. Every image is one of its own and costs some tens of nanoseconds,
/// so there is no need to lump images together, and what queueing theory says of single images can be checked.
/// </remarks>
/// <param name="settings">The instances.</param>
/// <param name="billing">How activity is charged.</param>
/// <param name="curve">Takes what is seen at each look.</param>
/// <param name="done">Takes each image as its work begins: when it was uploaded, and when it will be done.</param>
public sealed class Fleet(FleetSettings settings, FunctionPrices billing, FleetCurve curve, Action<double, double> done)
{
    // By their end, with the number of their instance: what holds no references is moved about faster. A start is work without images.
    private readonly PriorityQueue<(int Instance, int Images), double> _inHand = new();
    private readonly Queue<Instance> _freeSlots = new();
    private readonly List<Instance> _everStarted = [];
    private readonly List<Instance> _instances = [];
    private readonly Queue<double> _waiting = new();
    private readonly double[] _neededAt = new double[settings.Maximum];
    private int _imagesInHand;
    private double _nextLook;
    private double _lastDone;
    private double _instanceSeconds;
    private double _chargedSeconds;

    /// <summary>An image comes; moments never go back.</summary>
    /// <param name="at">When.</param>
    /// <param name="uploaded">When it was uploaded.</param>
    public void Arrive(double at, double uploaded)
    {
        Advance(at);
        _waiting.Enqueue(uploaded);
        Begin(at);
    }

    /// <summary>Works on until nothing waits, and no shorter than to the end of the time that is looked at.</summary>
    public FleetUse Finish(double end)
    {
        while (_waiting.Count > 0)
            Advance(_nextLook);

        end = Math.Max(end, _lastDone);
        Advance(end);
        while (_instances.Count > 0)
            Stop(end);

        return new(_instanceSeconds, _chargedSeconds, _lastDone, curve);
    }

    private void Advance(double to)
    {
        while (true)
        {
            double end = _inHand.TryPeek(out _, out double first) ? first : double.PositiveInfinity;
            if (Math.Min(end, _nextLook) > to)
                return;

            if (end < _nextLook)
            {
                End();
                Begin(end);
            }
            else
            {
                Look(_nextLook);
                _nextLook += settings.Scale.LookSeconds;
            }
        }
    }

    private void Begin(double at)
    {
        while (_waiting.Count > 0 && _freeSlots.TryDequeue(out Instance? instance))
        {
            if (instance.Stopped)
                continue;

            int images = Math.Min(settings.Batch, _waiting.Count);
            double end = at + settings.Seconds(++instance.Busy, images);
            _inHand.Enqueue((instance.Number, images), end);
            _imagesInHand += images;
            _chargedSeconds += instance.Work(at, end, billing);
            _lastDone = Math.Max(_lastDone, end);
            for (int i = 0; i < images; i++)
                done(_waiting.Dequeue(), end);
        }
    }

    private void End()
    {
        (int number, int images) = _inHand.Dequeue();
        Instance instance = _everStarted[number];
        _imagesInHand -= images;
        if (images > 0)
            instance.Busy--;

        for (int slot = images == 0 ? settings.Slots : 1; slot > 0; slot--)
            _freeSlots.Enqueue(instance);
    }

    private void Look(double now)
    {
        double load = _waiting.Count + _imagesInHand;
        int needed = (int)Math.Clamp(Math.Ceiling(load / settings.Scale.ImagesPerInstance), settings.Minimum, settings.Maximum);
        Array.Fill(_neededAt, now, 0, needed);
        int next = Math.Min(needed, now == 0 ? settings.Minimum : settings.Scale.Next(_instances.Count));
        while (_instances.Count < next)
        {
            var instance = new Instance(_everStarted.Count, now);
            _everStarted.Add(instance);
            _instances.Add(instance);
            _inHand.Enqueue((instance.Number, 0), now == 0 ? 0 : now + settings.Scale.StartSeconds);
        }

        for (int i = 0; i < settings.Scale.Fewer && _instances.Count > needed && now - _neededAt[_instances.Count - 1] >= settings.Scale.StaySeconds; i++)
            Stop(now);

        curve.See(now, _instances.Count, _waiting.Count);
    }

    // It ends the work that it has in hand and gets no more: where work goes round, no instance is ever idle.
    private void Stop(double now)
    {
        Instance last = _instances[^1];
        _instances.RemoveAt(_instances.Count - 1);
        last.Stopped = true;
        _instanceSeconds += Math.Max(now, last.ActiveUntil) - last.StartedAt;
        _chargedSeconds += last.Charged(billing);
    }

    private sealed class Instance(int number, double startedAt)
    {
        private double _activeFrom = double.NegativeInfinity;

        public int Number => number;

        public double StartedAt => startedAt;

        public double ActiveUntil { get; private set; } = double.NegativeInfinity;

        public int Busy { get; set; }

        public bool Stopped { get; set; }

        /// <summary>Takes up work; returns the seconds that the activity before it is charged, where it ended.</summary>
        /// <remarks>What begins within the least time that is charged belongs to it: nobody pays for more seconds than there are.</remarks>
        public double Work(double from, double until, FunctionPrices billing)
        {
            double charged = 0;
            if (from > ActiveUntil && from > _activeFrom + (billing.MinimumMilliseconds / 1000))
            {
                charged = Charged(billing);
                _activeFrom = from;
            }

            ActiveUntil = Math.Max(ActiveUntil, until);
            return charged;
        }

        public double Charged(FunctionPrices billing) =>
            double.IsFinite(_activeFrom) ? CostModel.Charged(1000 * (ActiveUntil - _activeFrom), billing) / 1000 : 0;
    }
}

/// <summary>What a fleet used.</summary>
/// <param name="InstanceSeconds">Seconds of all instances from start to stop.</param>
/// <param name="ChargedSeconds">Seconds of activity as Flex Consumption charges them.</param>
/// <param name="LastDone">When the last image was done.</param>
/// <param name="Curve">What was seen over time.</param>
public sealed record FleetUse(double InstanceSeconds, double ChargedSeconds, double LastDone, FleetCurve Curve);

/// <summary>The most instances and the most waiting images that were seen in each part of a time; what comes after it counts with the last.</summary>
/// <param name="seconds">The time.</param>
/// <param name="parts">Its parts.</param>
public sealed class FleetCurve(double seconds, int parts)
{
    /// <summary>The most instances.</summary>
    public int[] Instances { get; } = new int[parts];

    /// <summary>The most waiting images.</summary>
    public int[] Waiting { get; } = new int[parts];

    /// <summary>Something is seen.</summary>
    public void See(double at, int instances, int waiting)
    {
        int part = Math.Min(parts - 1, (int)(at / seconds * parts));
        Instances[part] = Math.Max(Instances[part], instances);
        Waiting[part] = Math.Max(Waiting[part], waiting);
    }
}
