using Postern.Protocol.Nat;
using Postern.Protocol.Probing;

namespace Postern.Protocol.Prediction;

/// <summary>
/// How two NATs that both count meet. The opener opens <see cref="Rungs"/> ports that the climber's counter is about to reach;
/// the climber, who can always count on by asking the server, steps up to them just before, and then guesses how far other hosts
/// have moved its counter since its last look: 0, 1, 2 … ports. Each guess takes a port itself, so the guesses go to every second
/// rung (baby steps against giant steps: Klinec and Matyáš, SIN 2014), and none can be stepped over. Where its NAT gives out a port
/// for each address only, all guesses leave by the same one, and go to every rung.
/// </summary>
/// <param name="Lead">How far beyond the counter that was told the lowest rung lies.</param>
/// <param name="Rungs">Ports that the opener opens.</param>
/// <param name="FirstDrift">The least drift that is guessed.</param>
/// <param name="Guesses">How many drifts are guessed.</param>
/// <param name="Odds">That the true drift is among them.</param>
/// <param name="Taken">How many of the lead's ports other hosts take before the climb, on average: the climber steps up the rest.</param>
/// <param name="Stride">From one guess to the next: 2 rungs, or 1 where they leave by the same port.</param>
public sealed record LadderShape(int Lead, int Rungs, int FirstDrift, int Guesses, double Odds, double Taken, int Stride)
{
    /// <summary>That the first guess alone leaves by the port of any rung.</summary>
    public double FirstClimb { get; init; }

    /// <summary>What the climber's NAT makes in a round at most: two looks, the steps and the guesses.</summary>
    public int ClimbingMappings => 2 + Lead + PortsOfGuesses;

    /// <summary>The odds that the climber's purse pays for so many rounds: for its questions to the server, and for all mappings.</summary>
    public double Paid(int rounds, ProbeLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var questions = Math.Min(
            limits.FlowsPerTarget - ProbeLimits.FlowsToServer - ProbeLimits.FlowsOfChecks, limits.Mappings - OrdinaryMappings - (rounds * PortsOfGuesses));
        var needed = (rounds * MostQuestions) - questions; // of all that the rounds would take, others must have taken these
        return needed <= 0 ? 1 : 1 - PredictionMath.PoissonAtMost(rounds * Taken, needed - 1);
    }

    /// <summary>Two looks and the steps, were nobody else there.</summary>
    private int MostQuestions => 2 + Math.Max(0, Lead - (OwnChecks / 2) - FirstDrift);

    private int PortsOfGuesses => Stride == 1 ? 1 : Guesses;

    /// <summary>What the opener's makes: each rung with a question behind it, and one before the first.</summary>
    public int OpeningMappings => (2 * Rungs) + 1;

    /// <summary>To the server and back, where nobody has measured it.</summary>
    private const double UsualRoundTrip = 40;

    private const double MostPerSecond = 2000; // beyond, no purse pays for the steps, whoever claims it
    private const double LongestRoundTrip = 2000;

    /// <summary>Ordinary checks that may leave between; more of them only mean more rungs to be skipped.</summary>
    private const int OwnChecks = 4;

    private const int OrdinaryMappings = 3; // which make as many mappings where a NAT counts

    private const double Enough = 0.998;

    /// <summary>Milliseconds from an answer to what it leads to, on a busy computer.</summary>
    private const double Lateness = 5;

    /// <summary>Milliseconds until sockets are open and questions have left.</summary>
    private const double OpenersDelay = 20;

    private const int Reserved = 3; // the peer's host, mapped and relayed candidates
    private const int MostRungs = 31;

    /// <summary>The same on both sides: the opener's purse decides.</summary>
    /// <param name="opener">Opens the rungs.</param>
    /// <param name="climber">Climbs.</param>
    /// <param name="traffic">Ports that other hosts take from the climber's NAT.</param>
    public static LadderShape Between(PredictionSide opener, PredictionSide climber, CrossTraffic traffic)
    {
        ArgumentNullException.ThrowIfNull(opener);
        ArgumentNullException.ThrowIfNull(climber);
        return Of(traffic, opener.Limits, climber.Report?.RoundTripMilliseconds ?? 0, opener.Report?.RoundTripMilliseconds ?? 0, climber.Report?.Mapping == NatDependence.AddressDependent ? 1 : 2);
    }

    /// <param name="traffic">Ports that other hosts take from the climber's NAT: the window stands where the mean has it, and the lead is long enough for more.</param>
    /// <param name="limits">What the opener may spend.</param>
    /// <param name="climber">Milliseconds from the climber to the server and back; 0 where unknown.</param>
    /// <param name="opener">From the opener.</param>
    /// <param name="stride">Rungs from one guess to the next.</param>
    public static LadderShape Of(CrossTraffic traffic, ProbeLimits limits, double climber = 0, double opener = 0, int stride = 2)
    {
        var perSecond = Math.Clamp(traffic.PerSecond, 0, MostPerSecond);
        climber = climber > 0 ? Math.Min(climber, LongestRoundTrip) : UsualRoundTrip;
        opener = opener > 0 ? Math.Min(opener, LongestRoundTrip) : UsualRoundTrip;

        var rungs = Math.Clamp(Math.Min(limits.Burst, limits.PerTarget) - Reserved, 1, MostRungs);
        var spacing = limits.Spacing.TotalMilliseconds;
        var widest = (rungs + stride - 1) / stride;

        // Between the last look and the climb, a little late; and while it climbs, for others come in between the guesses.
        var blind = perSecond * (climber + Lateness) / 1000;
        var whileClimbing = stride == 1 ? 0 : perSecond * spacing / 1000;
        var guesses = widest;
        var (first, odds) = traffic.PerSecond > MostPerSecond ? (0, 0) : BestWindow(blind, whileClimbing, guesses);
        for (var fewer = 1; fewer < widest && odds >= Enough; fewer++)
        {
            var window = BestWindow(blind, whileClimbing, fewer);
            if (window.Odds >= Enough)
            {
                (guesses, first, odds) = (fewer, window.First, window.Odds);
                break;
            }
        }

        // From the counter that is told to the climb: the climber's two looks, the opener's rungs and their answers, and two ways through the server.
        var delay = ((3 * climber) + (2 * opener) + ((stride * guesses * spacing) + OpenersDelay)) / 1000;
        var most = Math.Clamp(traffic.Cautious, 0, MostPerSecond) * delay;
        var lead = OwnChecks + (int)Math.Ceiling(most + (3 * Math.Sqrt(most)));

        // From look to look: both ways through the server, the answers to the rungs, and the rungs themselves; usually nothing is late.
        var usual = ((2 * climber) + (2 * opener) + (stride * (guesses - 1) * spacing)) / 1000;
        var opened = (stride * (guesses - 1)) + 1;
        return new(lead, opened, first, guesses, odds, perSecond * usual, stride)
        {
            FirstClimb = odds == 0 ? 0 : PredictionMath.PoissonAtMost(blind, first + opened - 1) - PredictionMath.PoissonAtMost(blind, first - 1),
        };
    }

    /// <summary>The drift at which so many guesses begin best, and their odds.</summary>
    private static (int First, double Odds) BestWindow(double before, double between, int guesses)
    {
        var best = (First: 0, Odds: 0.0);
        for (var first = Math.Max(0, (int)before - guesses - 1); first <= before + 1; first++) // the likeliest drift lies inside
        {
            var odds = PredictionMath.Climbs(before, between, first, guesses);
            best = odds > best.Odds ? (first, odds) : best;
        }

        return best;
    }
}
