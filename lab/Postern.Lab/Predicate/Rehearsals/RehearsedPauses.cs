using Postern.Lab.Simulator;

namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>When what was not answered is sent again.</summary>
internal static class RehearsedPauses
{
    private const double First = 0.25; // seconds; each is twice the one before (RFC 8489 §6.2.1)
    private const double Patience = 60; // seconds: no longer is anything sent again

    public static TimeSpan BeforeSecond => TimeSpan.FromSeconds(First);

    /// <summary>Sends now, and again after pauses that grow.</summary>
    public static void Repeat(World world, Func<bool> isOver, Action send)
    {
        send();
        for (double pause = First, after = pause; after < Patience; pause *= 2, after += pause)
        {
            world.At(TimeSpan.FromSeconds(after), () =>
            {
                if (!isOver())
                {
                    send();
                }
            });
        }
    }
}
