using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>Something that runs on a computer: it has its own deadlines and does the rest when its sockets call.</summary>
public interface IProgram
{
    Instant NextDeadline { get; }

    void HandleDeadline(Instant now);
}
