using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Sessions.Calls;

/// <summary>
/// Sockets in place of those that our NAT shows at a port towards which the other side begins nothing, so that its own filter would
/// never open for us. About one mapping in a thousand is such a one.
/// </summary>
internal sealed class SocketReplacement
{
    private const int Most = 3;

    private readonly HashSet<Endpoint> _replaced = [];
    private readonly Queue<Endpoint> _awaited = new();
    private readonly HashSet<Endpoint> _others = [];

    /// <summary>One was asked for and is not here yet.</summary>
    public bool IsAwaited => _awaited.Count > 0;

    /// <summary>Whether there was any need.</summary>
    public bool WasNeeded => _replaced.Count > 0;

    /// <summary>Whether the socket of this candidate is to be replaced: once, and not for ever.</summary>
    public bool TryBegin(Candidate candidate)
    {
        var isWanted = candidate.Type == CandidateType.ServerReflexive && UnwelcomePorts.Contains(candidate.Address.Port)
            && _replaced.Count < Most && _replaced.Add(candidate.Base);
        if (isWanted)
        {
            _awaited.Enqueue(candidate.Base);
        }

        return isWanted;
    }

    /// <summary>A socket stands, or none where it cannot be had: returns which one it replaces; none where it was not asked for.</summary>
    public Endpoint End(Endpoint socket)
    {
        if (!_awaited.TryDequeue(out var replaced))
        {
            return Endpoint.None;
        }

        _others.Add(socket);
        return replaced;
    }

    /// <summary>Inside our own network the replaced one serves: to tell this one too would cost the other side a port more.</summary>
    public bool IsKeptBack(Candidate candidate) => candidate.Type == CandidateType.Host && _others.Contains(candidate.Address);
}
