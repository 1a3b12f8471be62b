using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>The machines that one association is composed of.</summary>
internal sealed class AssociationParts
{
    public AssociationParts(SctpOptions options, IRandom random)
    {
        Context = new(options, random);
        Sender = new(Context);
        Receiver = new(Context);
        Handshake = new(Context, Sender, Receiver);
        Teardown = new(Context, Sender, Receiver);
        Reset = new(Context, Sender, Receiver);
        Heartbeat = new(Context);
    }

    public AssociationContext Context { get; }

    public DataSender Sender { get; }

    public DataReceiver Receiver { get; }

    public Handshake Handshake { get; }

    public Teardown Teardown { get; }

    public StreamReset Reset { get; }

    public Heartbeat Heartbeat { get; }

    /// <summary>Starts what waits for the handshake; harmless when it has not ended, or ended before.</summary>
    public void BeginIfEstablished(Instant now)
    {
        if (Context.State == SctpState.Established && Heartbeat.NextDeadline == Instant.Never)
        {
            Heartbeat.Start(now);
            Reset.Start();
        }
    }
}
