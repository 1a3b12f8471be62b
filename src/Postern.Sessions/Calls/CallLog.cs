using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Sessions.Calls;

/// <summary>Keeps the steps of a call for its report, a bounded number of them.</summary>
internal sealed class CallLog
{
    /// <summary>A session that flaps for days must not grow: the first steps tell how it came to be, the last what it does now.</summary>
    private const int KeptFirst = 64;

    private const int KeptLast = 64;

    private readonly List<ReportStep> _first = [];
    private readonly Queue<ReportStep> _last = [];

    /// <summary>When the call began.</summary>
    public Instant Start { get; private set; } = Instant.Never;

    public double? ConnectedAfter { get; private set; }

    public void Begin(Instant now)
    {
        if (Start == Instant.Never)
        {
            Start = now;
        }
    }

    public void Connected(Instant now) => ConnectedAfter ??= Milliseconds(now);

    public void Add(string what, Instant now)
    {
        var step = new ReportStep(Milliseconds(now), what);
        if (_first.Count < KeptFirst)
        {
            _first.Add(step);
            return;
        }

        if (_last.Count == KeptLast)
        {
            _last.Dequeue();
        }

        _last.Enqueue(step);
    }

    public IReadOnlyList<ReportStep> Steps => [.. _first, .. _last];

    public double Milliseconds(Instant at) => Start == Instant.Never ? 0 : Math.Round((at - Start).TotalMilliseconds, 1);

    /// <summary>A path in words for a step.</summary>
    public static string Describe(IcePath path) => path.Kind switch
    {
        PathKind.Relayed => "the relay",
        PathKind.Punched => "a punched hole",
        PathKind.Predicted => "a hole at a predicted port",
        _ => "a direct path",
    };
}
