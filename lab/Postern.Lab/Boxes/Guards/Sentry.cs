using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes.Guards;

/// <summary>One guard at its post: what it has counted of whom, and whom it has banned.</summary>
internal sealed class Sentry(GuardRules rules)
{
    private const int MostCounted = 1 << 16;

    private readonly Dictionary<(IpAddress Sender, IpAddress Target), IScanCount> _counts = [];
    private readonly Dictionary<IpAddress, Instant> _banned = [];
    private readonly Dictionary<IpAddress, Instant> _matched = [];

    public GuardRules Rules => rules;

    public int Alarms { get; private set; }

    public bool IsShutOut(in PacketHeader header, GuardSide side, Instant now) =>
        rules.Action == GuardAction.BansEverything && Watches(side) && IsBanned(header.Source.Address, now);

    /// <summary>Looks at a packet; true where it is to be dropped.</summary>
    public bool Judge(in PacketHeader header, GuardSide side, bool opens, bool wasDropped, Instant now, out BoxEvent.AlarmRaised? alarm)
    {
        alarm = null;
        var sender = header.Source.Address;
        if (!Watches(side) || (header.Transport == Transport.Tcp && !header.IsOpening && opens))
        {
            return false; // segments with ACK or RST belong to something older, as xt_psd sees it
        }

        if (IsBanned(sender, now))
        {
            return opens || rules.Action == GuardAction.BansEverything;
        }

        if (!opens || header.Transport == Transport.Echo || (rules.OnlyRefused && !wasDropped))
        {
            return false;
        }

        return CountOf(header).Add(header.Destination.Port, wasDropped, now) && Match(sender, now, out alarm);
    }

    private bool Match(IpAddress sender, Instant now, out BoxEvent.AlarmRaised? alarm)
    {
        // One scan is one alarm, however many packets go on matching.
        var goesOn = _matched.TryGetValue(sender, out var before) && now - before <= TimeSpan.FromSeconds(rules.Window);
        _matched[sender] = now;
        Instant? until = rules.Action is GuardAction.BansNewFlows or GuardAction.BansEverything ? now + TimeSpan.FromSeconds(rules.Ban) : null;
        if (until is { } end)
        {
            _banned[sender] = end;
        }

        alarm = goesOn ? null : new(now, rules.Name, sender, until);
        Alarms += goesOn ? 0 : 1;
        return rules.Action != GuardAction.Nothing;
    }

    private bool Watches(GuardSide side) => rules.Side == GuardSide.Both || rules.Side == side;

    private bool IsBanned(IpAddress sender, Instant now) => _banned.TryGetValue(sender, out var until) && until > now;

    private IScanCount CountOf(in PacketHeader header)
    {
        var key = (header.Source.Address, rules.PerTarget ? header.Destination.Address : default);
        if (!_counts.TryGetValue(key, out var count))
        {
            if (_counts.Count >= MostCounted)
            {
                _counts.Clear();
            }

            _counts[key] = count = rules.Model switch
            {
                GuardModel.Gap => new GapCount(rules),
                GuardModel.Sliding => new SlidingCount(rules),
                GuardModel.Bucket => new BucketCount(rules),
                GuardModel.Epoch => new EpochCount(rules),
                _ => new RefusalCount(rules),
            };
        }

        return count;
    }
}
