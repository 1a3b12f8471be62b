namespace Postern.Lab.Schedules.EasyTier;

/// <summary>
/// EasyTier (EasyTier/EasyTier at 1e40350, easytier-core/src/connectivity/hole_punch/udp). It knows both sides' NATs beforehand;
/// the clock starts when it begins to punch, with its first pause of 1 s.
/// </summary>
internal sealed class EasyTierSchedule : ISchedule
{
    private static readonly Pause BetweenLooks = Pause.Milliseconds(10);

    public string Product => "easytier";

    public void Start(ScheduleWorld world)
    {
        var (one, other) = (new EasyTierSurvey(world.One), new EasyTierSurvey(world.Other));
        world.Other.Run(other.Ask());
        world.One.Run(Begin(world, one, other));
    }

    private static IEnumerable<Pause> Begin(ScheduleWorld world, EasyTierSurvey one, EasyTierSurvey other)
    {
        foreach (var pause in one.Ask())
        {
            yield return pause;
        }

        while (!other.IsOver)
        {
            yield return BetweenLooks;
        }

        world.Begin();
        Client(world, world.One, one, other);
        Client(world, world.Other, other, one);
    }

    /// <summary>What one side does by itself.</summary>
    private static void Client(ScheduleWorld world, Party party, EasyTierSurvey own, EasyTierSurvey facing)
    {
        var listener = new PunchListener(world, world.Facing(party));
        switch (own.Nat, facing.Nat)
        {
            case (EasyTierNat.Open, _):
                break; // the other one comes by itself
            case (_, EasyTierNat.Open):
                world.Method = "open";
                party.Run(new OpenMeeting(world, party, world.Facing(party)).Connect());
                break;
            case (EasyTierNat.Cone or EasyTierNat.Unknown, EasyTierNat.Cone or EasyTierNat.Unknown):
                world.Method = "cone";
                party.Run(Cones(world, party, listener));
                break;
            case (EasyTierNat.Increasing or EasyTierNat.Decreasing or EasyTierNat.Hard, EasyTierNat.Cone or EasyTierNat.Unknown):
                world.Method = own.Nat == EasyTierNat.Hard ? "hard to cone" : "sequential to cone";
                party.Run(Symmetric(world, party, listener, own));
                break;
            case (EasyTierNat.Increasing or EasyTierNat.Decreasing, EasyTierNat.Increasing or EasyTierNat.Decreasing) when party == world.One:
                world.Method = "both sequential";
                party.Run(Sequential(world, party, listener, own, facing));
                break;
        }
    }

    private static IEnumerable<Pause> Cones(ScheduleWorld world, Party party, PunchListener listener)
    {
        var backOff = BackOff.OfCones();
        while (true)
        {
            yield return backOff.Next();
            foreach (var pause in new ConePunch(world, party, listener).Try((byte)++world.Attempts))
            {
                yield return pause;
            }
        }
    }

    private static IEnumerable<Pause> Symmetric(ScheduleWorld world, Party party, PunchListener listener, EasyTierSurvey survey)
    {
        var backOff = BackOff.OfSymmetric();
        var symmetric = new SymmetricPunch(world, party, survey, listener);
        for (var round = 0; ; round++)
        {
            yield return backOff.Next();
            var attempt = (byte)++world.Attempts;
            foreach (var pause in new ConePunch(world, party, listener).Try(attempt).Concat(symmetric.Try(round, attempt)))
            {
                yield return pause;
            }
        }
    }

    private static IEnumerable<Pause> Sequential(ScheduleWorld world, Party party, PunchListener listener, EasyTierSurvey own, EasyTierSurvey facing)
    {
        var backOff = BackOff.OfSymmetric();
        var sequential = new SequentialPunch(world, party, own, facing);
        while (true)
        {
            yield return backOff.Next();
            var attempt = (byte)++world.Attempts;
            foreach (var pause in new ConePunch(world, party, listener).Try(attempt).Concat(sequential.Try(attempt)))
            {
                yield return pause;
            }
        }
    }
}
