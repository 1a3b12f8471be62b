using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>One socket of the server: how the server knows it, and how the world does (they differ behind a one-to-one NAT).</summary>
public readonly record struct BindingSite(Endpoint Local, Endpoint Public);
