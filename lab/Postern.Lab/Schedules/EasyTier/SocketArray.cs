using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.EasyTier;

/// <summary>
/// Sockets that all send to one endpoint, three times each; one at which a probe of the present attempt arrives is taken out
/// (hole_punch/udp/socket_array.rs).
/// </summary>
internal sealed class SocketArray
{
    private const int Repeats = 3;

    private readonly Party _party;
    private readonly LetterHandler _heard;
    private readonly List<Endpoint> _sockets = [];
    private readonly Queue<Endpoint> _punched = [];

    /// <param name="party">Whose they are.</param>
    /// <param name="count">How many.</param>
    /// <param name="heard">Hears everything else, and what comes to sockets that were taken out.</param>
    public SocketArray(Party party, int count, LetterHandler heard)
    {
        (_party, _heard) = (party, heard);
        for (var i = 0; i < count; i++)
        {
            _sockets.Add(party.Open(Take));
        }
    }

    public Endpoint First => _sockets[0];

    /// <summary>Whose probes count.</summary>
    public byte Attempt { get; set; }

    public void SendAll(Endpoint target)
    {
        foreach (var socket in _sockets)
        {
            for (var i = 0; i < Repeats; i++)
            {
                _party.Send(new(Word.Probe, Attempt), socket, target);
            }
        }
    }

    /// <summary>A socket at which a probe has arrived.</summary>
    public bool TryTake(out Endpoint socket) => _punched.TryDequeue(out socket);

    /// <summary>Puts one back that did not lead anywhere.</summary>
    public void PutBack(Endpoint socket) => _sockets.Add(socket);

    public void Close()
    {
        _sockets.ForEach(_party.Close);
        _sockets.Clear();
    }

    private void Take(Letter letter, Endpoint source, Endpoint socket)
    {
        if (letter.Word == Word.Probe && letter.Attempt == Attempt && _sockets.Remove(socket))
        {
            _punched.Enqueue(socket);
        }
        else
        {
            _heard(letter, source, socket);
        }
    }
}
