using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Tests.Turn;

/// <summary>One datagram on its way in a test.</summary>
internal sealed record Datagram(Endpoint From, Endpoint To, byte[] Bytes)
{
    /// <summary>0 for a success response, otherwise the error code.</summary>
    public int Code
    {
        get
        {
            var message = Parse();
            return message.Class == StunClass.Success ? 0 : message.TryGetErrorCode(out var code, out _) ? code : -1;
        }
    }

    public StunMessage Parse()
    {
        StunMessage.TryParse(Bytes, out var message).ShouldBe(StunError.None);
        return message;
    }

    public Endpoint Xor(StunAttributeType type)
    {
        Parse().TryGetXorAddress(type, out var endpoint).ShouldBeTrue($"{type} is missing");
        return endpoint;
    }

    public uint Number(StunAttributeType type)
    {
        Parse().TryGetUInt32(type, out var number).ShouldBeTrue($"{type} is missing");
        return number;
    }
}
