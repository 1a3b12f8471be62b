using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>
/// The servers of which programs ask how the world sees them (STUN servers, or nodes of a DHT), all on one public computer with an
/// address for each.
/// </summary>
internal sealed class AskedServer
{
    private const ushort Port = 3478; // RFC 8489 §18.6
    private const ushort OtherPort = 3479;
    private const int FirstNumber = 2;

    private readonly Computer _computer;

    /// <param name="network">Where it stands.</param>
    /// <param name="count">How many servers.</param>
    public AskedServer(Network network, int count)
    {
        IpAddress[] addresses = [.. Enumerable.Range(FirstNumber, count).Select(number => IpAddress.Parse($"203.0.113.{number}"))];
        _computer = new(network, addresses);
        Endpoints = [.. addresses.Select(address => _computer.Bind(address, Answer, Port))];
        foreach (var address in addresses)
        {
            _computer.Bind(address, (_, _, _) => { }, OtherPort);
        }
    }

    public IReadOnlyList<Endpoint> Endpoints { get; }

    public IReadOnlyList<IpAddress> Addresses => _computer.Addresses;

    private void Answer(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint local)
    {
        var letter = Letter.Read(datagram);
        var from = letter.Word == Word.AskElsewhere ? new Endpoint(Addresses.First(address => address != local.Address), OtherPort) : local;
        _computer.Send(new Letter(Word.Told, letter.Attempt, source).Write(), from, source);
    }
}
