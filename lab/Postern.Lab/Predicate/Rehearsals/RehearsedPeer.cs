using Postern.Lab.Schedules;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>One side of a rehearsed call: it tells the other how it may be reached, and checks what it is told.</summary>
internal sealed class RehearsedPeer
{
    private const int MostDawdling = 150; // milliseconds: what hangs on less, no single rehearsal foretells
    private const int MostChecks = byte.MaxValue;
    private const string Generation = "rehearsal";

    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(0.2); // in which the first checks go out
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20); // of checks that are new, as Postern sends them (RFC 8445 §14.2 has 50)

    private readonly Home _home;
    private readonly LabServer _server;
    private readonly string _session;
    private readonly RehearsedRelay _relay;
    private readonly List<Endpoint> _sockets = [];
    private readonly List<RehearsedCheck> _checks = [];
    private RehearsedPeer _other = null!;
    private bool _isCaller;
    private bool _hasOffered;
    private bool _hasHeard;
    private Instant _nextCheck;

    /// <param name="home">Where it stands.</param>
    /// <param name="server">The whole server side.</param>
    /// <param name="roundTrip">To the server.</param>
    /// <param name="session">By which the switchboard knows the call.</param>
    public RehearsedPeer(Home home, LabServer server, TimeSpan roundTrip, string session)
    {
        (_home, _server, _session) = (home, server, session);
        _relay = new(home, server, roundTrip, Tell);
    }

    /// <summary>Whether what it sent to the other side came back.</summary>
    public bool IsDirect => _checks.Exists(check => check.IsAnswered);

    /// <summary>Whether the relay is there for it, and the other side has been heard of.</summary>
    public bool IsRelayed => _relay.IsThere && _hasHeard;

    private Computer Computer => _home.Computer;

    private World World => _home.Computer.World;

    /// <summary>From now on what the switchboard brings is the other's word.</summary>
    public void Meet(RehearsedPeer other)
    {
        _other = other;
        _home.Peer.Tamper = payload =>
        {
            Hear();
            return payload;
        };
    }

    /// <summary>The caller sets out.</summary>
    /// <param name="offersAfter">When the other is told: with what has been gathered by then.</param>
    public void Call(TimeSpan offersAfter)
    {
        _isCaller = true;
        Begin(offersAfter);
    }

    private void Begin(TimeSpan tellsAfter)
    {
        _sockets.AddRange(Computer.Addresses.Select(address => Computer.Bind(address, Take)));
        _relay.Begin(_sockets);
        World.At(tellsAfter, () =>
        {
            _hasOffered = true;
            Tell();
        });
    }

    private void Tell() => World.At(TimeSpan.FromMilliseconds(World.Random.Next(0, MostDawdling)), () =>
    {
        if (_hasOffered)
        {
            _home.Peer.Tell(_other._home.Peer.Name, _session, new SignalPayload.EndOfCandidates(Generation));
        }
    });

    private void Hear()
    {
        if (!_hasHeard)
        {
            _hasHeard = true;
            _relay.Settle(Settles);
        }

        if (_sockets.Count == 0)
        {
            Begin(TimeSpan.Zero);
        }

        foreach (var candidate in _other._sockets)
        {
            Check(candidate, isOpened: false);
        }

        foreach (var candidate in _other._relay.Mapped)
        {
            Check(candidate, isOpened: !_isCaller);
        }

        if (_other._relay.Relayed is { } relayed && !_checks.Exists(check => check.Answers > 0))
        {
            Check(relayed, isOpened: false);
            _relay.Keep(relayed, _isCaller);
        }
    }

    /// <param name="candidate">Of the other side.</param>
    /// <param name="isOpened">Whether a packet that dies on its way goes before.</param>
    private void Check(Endpoint candidate, bool isOpened)
    {
        foreach (var socket in _sockets.Where(socket => socket.IsV4 == candidate.IsV4))
        {
            if (_checks.Exists(check => check.Socket == socket && check.Target == candidate) || _checks.Count == MostChecks)
            {
                continue;
            }

            var (check, number) = (new RehearsedCheck(socket, candidate), (byte)_checks.Count);
            _checks.Add(check);
            _nextCheck = Instant.Max(World.Now, _nextCheck + Pace);
            World.At(_nextCheck, () => Begin(check, number, isOpened));
        }
    }

    private void Begin(RehearsedCheck check, byte number, bool isOpened)
    {
        if (isOpened)
        {
            Computer.Send(new Letter(Word.Hello, number).Write(), check.Socket, check.Target, IceOptions.UsualOpenerTimeToLive);
            World.At(RehearsedPauses.BeforeSecond, () => Begin(check, number, isOpened: false));
        }
        else
        {
            RehearsedPauses.Repeat(World, () => check.IsOver, () => Send(check, number));
        }
    }

    private void Send(RehearsedCheck check, byte number)
    {
        check.Sent++;
        Computer.Send(new Letter(Word.Hello, number).Write(), check.Socket, check.Target);
    }

    private void Take(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint socket)
    {
        if (source == _other._relay.Relayed)
        {
            _checks.ForEach(check => check.Sent += check.Target == source ? RehearsedCheck.MostSent : 0); // found, and no direct path
        }
        else if (_server.Computer.Addresses.Contains(source.Address))
        {
            _relay.Take(datagram, socket);
        }
        else
        {
            TakeOfOther(Letter.Read(datagram), source, socket);
        }
    }

    private void TakeOfOther(Letter letter, Endpoint source, Endpoint socket)
    {
        if (letter.Word == Word.Hello)
        {
            Computer.Send((letter with { Word = Word.Answer }).Write(), socket, source);
            Check(source, isOpened: false); // RFC 8445 §7.3.1.4
        }
        else if (letter.Attempt < _checks.Count && _checks[letter.Attempt] is var check && (check.Socket, check.Target) == (socket, source))
        {
            check.Answers++; // from where it was sent to alone (RFC 8445 §7.2.5.2.1)
            if (!check.IsAnswered)
            {
                Send(check, letter.Attempt); // as it is nominated at once (RFC 8445 §8.1.1)
            }
        }
    }
}
