using Postern.Lab.Namespaces.Kernel;
using Postern.Protocol.Net;
using Postern.Sessions.Calls;
using Postern.Sessions.Dtls;
using Postern.Sessions.Sctp;

namespace Postern.Benchmarks.Sessions;

/// <summary>Two whole peers (ICE, DTLS, SCTP) in virtual time, with a link each way between them; signals arrive at once.</summary>
internal sealed class CallPair : IDisposable
{
    private const int Headers = 28; // IPv4 and UDP
    private static readonly Endpoint CallersSocket = Endpoint.Parse("192.0.2.1:5000");
    private static readonly Endpoint CalleesSocket = Endpoint.Parse("198.51.100.1:5000");

    private readonly DtlsCertificate _certificate = DtlsCertificate.Create();
    private readonly BenchLink _forth;
    private readonly BenchLink _back;
    private readonly byte[] _buffer = new byte[2048];

    public CallPair(double bitsPerSecond, TimeSpan oneWay, double loss)
    {
        var random = new LabRandom(7);
        _forth = new(random, bitsPerSecond, oneWay, loss, Headers);
        _back = new(random, bitsPerSecond, oneWay, loss, Headers);
        Caller = Make(CallRole.Caller, "alice", "bob", CallersSocket, random);
        Callee = Make(CallRole.Callee, "bob", "alice", CalleesSocket, random);
        Drain();
    }

    public Call Caller { get; }

    public Call Callee { get; }

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    /// <summary>Bytes of messages that the callee has.</summary>
    public long Received { get; private set; }

    public bool IsConnected => Caller.State == CallState.Connected && Callee.State == CallState.Connected;

    public DataChannel Open() => Caller.OpenChannel("bulk", new(), Now);

    /// <summary>Goes on to whatever comes next: an arrival or a deadline.</summary>
    public void Step()
    {
        var arrival = Instant.Min(_forth.NextArrival, _back.NextArrival);
        Now = Instant.Max(Now, Instant.Min(arrival, Instant.Min(Caller.NextDeadline, Callee.NextDeadline)));
        if (_forth.TryReceive(Now, out var packet))
        {
            Callee.HandleDatagram(packet, CallersSocket, CalleesSocket, Now);
        }
        else if (_back.TryReceive(Now, out packet))
        {
            Caller.HandleDatagram(packet, CalleesSocket, CallersSocket, Now);
        }
        else
        {
            Caller.HandleDeadline(Now);
            Callee.HandleDeadline(Now);
        }

        Drain();
    }

    public void Drain()
    {
        while (Carry(Caller, Callee, _forth) | Carry(Callee, Caller, _back))
        {
        }
    }

    public void Dispose()
    {
        Caller.Dispose();
        Callee.Dispose();
        _certificate.Dispose();
    }

    private bool Carry(Call from, Call to, BenchLink link)
    {
        while (from.TryTransmit(_buffer, out var transmit))
        {
            link.Send(_buffer.AsSpan(0, transmit.Length), Now);
        }

        var any = false;
        while (from.TryTakeEvent(out var happened))
        {
            any = true;
            switch (happened)
            {
                case CallEvent.SignalReady signal:
                    to.HandleSignal(signal.Payload, Now);
                    break;
                case CallEvent.MessageReceived message:
                    Received += message.Message.Length;
                    break;
                case CallEvent.Ended ended:
                    throw new InvalidOperationException($"The call ended: {ended.Reason}");
            }
        }

        return any;
    }

    private Call Make(CallRole role, string name, string other, Endpoint socket, LabRandom random)
    {
        var call = new Call(new() { Role = role, Session = "bench", LocalName = name, RemoteName = other, Certificate = _certificate }, random);
        call.AddSocket(socket, Now);
        call.Start(Now);
        return call;
    }
}
