using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>A verified and answered check that cannot be followed up yet (RFC 8445 §7.3).</summary>
internal readonly record struct EarlyCheck(Endpoint Local, Endpoint Remote, ConnectivityCheck Check);
