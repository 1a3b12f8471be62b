using System.Globalization;
using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>A transport address at which one peer may be reached over UDP (RFC 8445 §5.1.1), of component 1, the only one.</summary>
public sealed record Candidate
{
    private const int PredictedPreference = 8191; // below those of sockets, see AddressPreference

    public required CandidateType Type { get; init; }

    /// <summary>Where the other peer is to send.</summary>
    public required Endpoint Address { get; init; }

    /// <summary>The local socket behind the address: for host and relayed candidates the address itself. Unset for a remote candidate.</summary>
    public Endpoint Base { get; init; }

    /// <summary>For diagnosis only (RFC 8839 §5.1): the base of a reflexive candidate, the mapped address of a relayed one.</summary>
    public Endpoint Related { get; init; }

    public required uint Priority { get; init; }

    /// <summary>Equal for candidates of one type, base address and server (RFC 8445 §5.1.1.3).</summary>
    public required string Foundation { get; init; }

    /// <summary>A port that was guessed, or learnt from the other side's own measuring of it; nobody has seen it answer when it is named.</summary>
    public bool IsPredicted { get; init; }

    /// <summary>The sender's fragment, where a trickled candidate names the generation it belongs to (RFC 8838 §9).</summary>
    public string? UsernameFragment { get; init; }

    public static Candidate Host(Endpoint address, ushort localPreference) => new()
    {
        Type = CandidateType.Host,
        Address = address,
        Base = address,
        Priority = CandidatePriority.Of(CandidateType.Host, localPreference),
        Foundation = FoundationOf(CandidateType.Host, address.Address, default),
    };

    /// <param name="mapped">What the STUN server saw.</param>
    /// <param name="socket">The host candidate that asked.</param>
    /// <param name="server">The STUN server.</param>
    /// <param name="localPreference">That of <paramref name="socket"/>.</param>
    public static Candidate ServerReflexive(Endpoint mapped, Endpoint socket, IpAddress server, ushort localPreference) => new()
    {
        Type = CandidateType.ServerReflexive,
        Address = mapped,
        Base = socket,
        Related = socket,
        Priority = CandidatePriority.Of(CandidateType.ServerReflexive, localPreference),
        Foundation = FoundationOf(CandidateType.ServerReflexive, socket.Address, server),
    };

    /// <summary>A guessed outer port. It ranks behind what a STUN server saw, in the order of the odds.</summary>
    /// <param name="address">The guess.</param>
    /// <param name="socket">Ours behind it; unset for one of the other side's.</param>
    /// <param name="rank">0 for the best guess.</param>
    public static Candidate Predicted(Endpoint address, Endpoint socket, int rank) => new()
    {
        Type = CandidateType.ServerReflexive,
        Address = address,
        Base = socket,
        Related = socket == Endpoint.None ? new(address.Address.IsV4 ? IpAddress.AnyV4 : IpAddress.Any, 0) : socket,
        Priority = CandidatePriority.Of(CandidateType.ServerReflexive, (ushort)Math.Max(1, PredictedPreference - rank)),
        Foundation = FoundationOf(CandidateType.ServerReflexive, address.Address, address.Address),
        IsPredicted = true,
    };

    /// <param name="relayed">The allocated address, which is its own base.</param>
    /// <param name="mapped">Our socket as the TURN server saw it.</param>
    /// <param name="server">The TURN server.</param>
    /// <param name="localPreference">That of the socket which made the allocation.</param>
    public static Candidate Relayed(Endpoint relayed, Endpoint mapped, IpAddress server, ushort localPreference) => new()
    {
        Type = CandidateType.Relayed,
        Address = relayed,
        Base = relayed,
        Related = mapped,
        Priority = CandidatePriority.Of(CandidateType.Relayed, localPreference),
        Foundation = FoundationOf(CandidateType.Relayed, relayed.Address, server),
    };

    /// <summary>RFC 8839 §5.1: 1 to 32 ice-chars.</summary>
    private static string FoundationOf(CandidateType type, IpAddress socket, IpAddress server)
    {
        const uint prime = 16777619; // FNV-1a: equal inputs give equal foundations, which is all that is asked
        var hash = (2166136261 ^ (uint)type) * prime;
        Span<byte> bytes = stackalloc byte[32];
        var length = socket.Write(bytes);
        length += server.Write(bytes[length..]);
        foreach (var value in bytes[..length])
        {
            hash = (hash ^ value) * prime;
        }

        return hash.ToString(CultureInfo.InvariantCulture);
    }
}
