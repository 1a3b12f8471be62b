using Postern.Protocol.Net;

namespace Postern.Lab.Boxes.Guards;

/// <summary>What a guard has counted of one sender (or of one pair of sender and target).</summary>
internal interface IScanCount
{
    /// <summary>Takes a packet that opens a flow; true where it matches: the threshold is reached or passed.</summary>
    bool Add(int port, bool wasRefused, Instant now);
}
