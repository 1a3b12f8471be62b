namespace Postern.Protocol.Switching.Server;

/// <summary>A stream between a peer and the switchboard, by a number that its host never uses twice.</summary>
public readonly record struct ConnectionId(long Value)
{
    public override string ToString() => $"connection {Value}";
}
