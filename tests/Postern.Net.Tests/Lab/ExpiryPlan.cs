using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>When which packets are sent through a box, to find out until when its mappings live.</summary>
/// <param name="Transport">Of all of them.</param>
/// <param name="Steps">In their order: seconds, an inner port or identifier, and what happens there.</param>
internal sealed record ExpiryPlan(Transport Transport, IReadOnlyList<(double At, ushort Port, char Does)> Steps)
{
    // Numbers of a short TCP connection: who opens it begins with 1000, the server with 5000.
    private const uint Ours = 1000;
    private const uint Theirs = 5000;

    /// <summary>What the letters mean: '>' and ')' send to the server and to the other one, '&lt;' lets the server send. Of TCP, capitals go out and small ones come in.</summary>
    private static readonly Dictionary<char, PacketHeader> Packets = new()
    {
        ['>'] = new(),
        [')'] = new(),
        ['<'] = new(),
        ['S'] = new() { Flags = TcpFlags.Syn, Sequence = Ours },
        ['s'] = new() { Flags = TcpFlags.Syn | TcpFlags.Ack, Sequence = Theirs, Acknowledgement = Ours + 1 },
        ['A'] = new() { Flags = TcpFlags.Ack, Sequence = Ours + 1, Acknowledgement = Theirs + 1 },
        ['a'] = new() { Flags = TcpFlags.Ack, Sequence = Theirs + 1, Acknowledgement = Ours + 1 },
        ['F'] = new() { Flags = TcpFlags.Fin | TcpFlags.Ack, Sequence = Ours + 1, Acknowledgement = Theirs + 1 },
        ['f'] = new() { Flags = TcpFlags.Fin | TcpFlags.Ack, Sequence = Theirs + 1, Acknowledgement = Ours + 1 },
        ['R'] = new() { Flags = TcpFlags.Rst | TcpFlags.Ack, Sequence = Ours + 1, Acknowledgement = Theirs + 1 },
        ['r'] = new() { Flags = TcpFlags.Rst | TcpFlags.Ack, Sequence = Theirs + 1, Acknowledgement = Ours + 1 },
        ['x'] = new() { Flags = TcpFlags.Rst | TcpFlags.Ack, Acknowledgement = Ours + 1 }, // nobody listens
    };

    public static readonly ExpiryPlan Udp = new(Transport.Udp,
    [
        (0, 4001, '>'), (0, 4002, '>'), (0, 4003, '>'), (0, 4004, '>'), (0, 4005, '>'), (0, 4006, '>'), (0, 4007, '>'), (0, 4008, '>'),
        (0.2, 4003, '<'), (0.2, 4004, '<'), (0.2, 4008, '<'),
        (1.1, 4001, '<'), // half of it: still there
        (1.4, 4004, '<'), (1.4, 4005, '>'), (1.4, 4006, ')'), // do packets from inside, from outside, to somebody else keep it?
        (1.5, 4008, '<'), (2.6, 4008, '>'),
        (2.7, 4004, '<'), (2.7, 4005, '<'), (2.7, 4006, '<'), (2.7, 4003, '<'), (2.7, 4002, '<'), // first those that are soon answered
        (5.4, 4008, '<'), // Linux takes UDP for a stream after two seconds only
        (9.5, 4007, '<'), (9.5, 4005, '<'), (9.7, 4007, '>'), // longer than anything lasts
    ]);

    /// <summary>Two seconds without a whole handshake or after its end, five with it.</summary>
    public static readonly ExpiryPlan Tcp = new(Transport.Tcp,
    [
        (0, 4001, 'S'), (0, 4002, 'S'), (0, 4003, 'S'), (0, 4004, 'S'), (0, 4005, 'S'), (0, 4006, 'S'), (0, 4007, 'S'), (0, 4008, 'S'), (0, 4009, 'S'), (0, 4010, 'S'),
        (0.2, 4002, 's'), (0.2, 4003, 's'), (0.2, 4004, 's'), (0.2, 4005, 's'), (0.2, 4006, 's'), (0.2, 4008, 's'), (0.2, 4009, 's'), (0.2, 4010, 'x'),
        (0.3, 4003, 'A'), (0.3, 4004, 'A'), (0.3, 4005, 'A'), (0.3, 4006, 'A'), (0.3, 4008, 'A'), (0.3, 4009, 'A'),
        (0.5, 4004, 'F'), (0.5, 4005, 'r'), (0.5, 4006, 'f'), (0.5, 4009, 'R'), (0.5, 4010, 's'),
        (1.4, 4007, 'S'), (1.9, 4006, 'A'), // a SYN again, and an acknowledgement of a FIN
        (2.8, 4003, 'a'), (2.8, 4006, 'a'), (2.8, 4007, 's'),
        (2.8, 4001, 's'), (2.8, 4002, 'a'), (2.8, 4004, 'a'), (2.8, 4005, 'a'), (2.8, 4009, 'a'), // no handshake, half of one, and ends of all kinds
        (3.5, 4004, 'S'), (3.5, 4005, 'S'), (3.5, 4010, 'S'), // is it the same port again, after an end?
        (3.5, 4008, 'A'), (3.6, 4004, 's'),
        (7, 4008, 'a'), (7, 4003, 'a'), (7, 4006, 'a'), // do packets from inside, and from outside, keep it for five seconds more?
        (7.2, 4001, 'S'),
        (12.6, 4003, 'a'), (12.6, 4008, 'a'),
    ]);

    public static readonly ExpiryPlan Echo = new(Transport.Echo,
    [
        (0, 4001, '>'), (0, 4002, '>'), (0, 4003, '>'), (0, 4004, '>'), (0, 4005, '>'),
        (1.1, 4001, '<'), (1.4, 4003, '>'),
        (2.7, 4001, '<'), (2.7, 4003, '<'), (2.7, 4002, '<'), // two seconds as Linux has it, or four
        (4.7, 4004, '<'),
        (6.8, 4005, '<'), (6.8, 4003, '<'), (6.9, 4003, '>'),
    ]);

    /// <summary>
    /// Plays it, and notes for each packet from outside whether it came through ('+') or not ('-'), and for each after the first
    /// from the same port inside whether it left by the same port ('=') or by another ('#'). Where one of those does not arrive
    /// it is over ('!').
    /// </summary>
    /// <param name="inner">The computer inside.</param>
    /// <param name="port">The server's.</param>
    /// <param name="tellsPorts">Whether '=' and '#' are noted: not where the same port may come again by luck.</param>
    /// <param name="wait">Until a step's time has come; told its number.</param>
    /// <param name="carry">Brings a packet out or in: how it arrives, or null.</param>
    public string Play(IpAddress inner, ushort port, bool tellsPorts, Action<int> wait, Func<PacketHeader, bool, PacketHeader?> carry)
    {
        var mapped = new Dictionary<ushort, Endpoint>();
        var found = "";
        foreach (var (number, (_, from, does)) in Steps.Index())
        {
            wait(number);
            var header = Packets[does] with { Transport = Transport, TimeToLive = 64 };
            var server = new Endpoint(does == ')' ? BoxLab.OtherServer : BoxLab.Server, Transport == Transport.Echo ? (ushort)0 : port);
            if (does == '<' || char.IsLower(does))
            {
                found += carry(header with { Source = server, Destination = mapped[from] }, false)?.Destination == new Endpoint(inner, from) ? '+' : '-';
            }
            else if (carry(header with { Source = new(inner, from), Destination = server }, true)?.Source is { } seen)
            {
                found += !mapped.TryGetValue(from, out var before) || !tellsPorts ? "" : before == seen ? "=" : "#";
                mapped[from] = does == ')' ? before : seen;
            }
            else
            {
                return found + '!';
            }
        }

        return found;
    }
}
