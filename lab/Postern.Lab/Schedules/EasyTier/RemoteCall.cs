namespace Postern.Lab.Schedules.EasyTier;

/// <summary>A side lets the other one do something and hears when it is done (hole_punch/udp/rpc.rs).</summary>
internal sealed class RemoteCall
{
    private static readonly Pause Patience = Pause.Seconds(4);

    private readonly ScheduleWorld _world;

    /// <param name="world">Where.</param>
    /// <param name="to">The side that does it.</param>
    /// <param name="steps">What it does.</param>
    public RemoteCall(ScheduleWorld world, Party to, Func<IEnumerable<Pause>> steps)
    {
        _world = world;
        world.Signal(to, () => to.Run(Serve(to, steps)));
    }

    public bool IsDone { get; private set; }

    /// <summary>Until it is done, but not for ever.</summary>
    public Pause Wait => Patience with { Until = () => IsDone };

    private IEnumerable<Pause> Serve(Party to, Func<IEnumerable<Pause>> steps)
    {
        foreach (var pause in steps())
        {
            yield return pause;
        }

        _world.Signal(_world.Facing(to), () => IsDone = true);
    }
}
