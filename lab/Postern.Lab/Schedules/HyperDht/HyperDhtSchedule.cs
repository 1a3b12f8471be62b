namespace Postern.Lab.Schedules.HyperDht;

/// <summary>
/// HyperDHT (holepunchto/hyperdht at 4b91712). One attempt: where ports are random the next one must wait 20 s after its 35 s.
/// Whether strangers reach a side, the DHT knows beforehand.
/// </summary>
internal sealed class HyperDhtSchedule : ISchedule
{
    public string Product => "hyperdht";

    public void Start(ScheduleWorld world) => world.One.Run(Connect(world));

    private static IEnumerable<Pause> Connect(ScheduleWorld world)
    {
        var (one, other) = (new OpenSurvey(world.One), new OpenSurvey(world.Other));
        yield return OpenSurvey.Patience;
        world.Begin();
        if (!one.IsOpen && !other.IsOpen)
        {
            foreach (var pause in new HyperDhtMeeting(world).Connect())
            {
                yield return pause;
            }

            yield break;
        }

        world.Method = "open";
        world.Attempts = 1;
        yield return world.AskServer;
        yield return world.AskServer;
        var (closed, open) = other.IsOpen ? (world.One, world.Other) : (world.Other, world.One);
        closed.Run(new OpenMeeting(world, closed, open).Connect());
    }
}
