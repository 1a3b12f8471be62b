using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>A proxy as a computer's settings name it: what https_proxy or all_proxy tells a real program.</summary>
/// <param name="Protocol">In which it is spoken to.</param>
/// <param name="At">Where it listens.</param>
public sealed record ProxyPlace(ProxyProtocol Protocol, Endpoint At);
