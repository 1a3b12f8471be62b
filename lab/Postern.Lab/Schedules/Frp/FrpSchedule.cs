namespace Postern.Lab.Schedules.Frp;

/// <summary>
/// frp's xtcp (fatedier/frp at 40274d8, pkg/nathole). Somebody keeps asking: the next attempt follows the last one, but begins 10 s
/// after its beginning at the earliest (client/visitor/xtcp.go).
/// </summary>
internal sealed class FrpSchedule : ISchedule
{
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(10);

    public string Product => "frp";

    public void Start(ScheduleWorld world)
    {
        world.Begin();
        world.One.Run(Visits(world));
    }

    private static IEnumerable<Pause> Visits(ScheduleWorld world)
    {
        FrpMemory? memory = null;
        while (true)
        {
            var next = world.World.Now + BetweenAttempts;
            foreach (var pause in new FrpAttempt(world, (byte)++world.Attempts, (client, visitor) => memory ??= new(client, visitor)).Visit())
            {
                yield return pause;
            }

            if (world.World.Now < next)
            {
                yield return new(next - world.World.Now);
            }
        }
    }
}
