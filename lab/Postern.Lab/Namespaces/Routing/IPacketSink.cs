namespace Postern.Lab.Namespaces.Routing;

/// <summary>Where a router's packets leave.</summary>
public interface IPacketSink
{
    void Send(RouterSide side, ReadOnlySpan<byte> packet);
}
