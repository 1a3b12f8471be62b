namespace Postern.Sessions.Sctp;

/// <summary>What became of a message that was handed in.</summary>
public enum SendResult
{
    Accepted,

    /// <summary>Try again after <see cref="SctpEvent.SendBufferDrained"/>.</summary>
    BufferFull,

    /// <summary>Larger than <see cref="SctpAssociation.MaximumMessageSize"/>.</summary>
    TooLarge,

    /// <summary>The association is over or being shut down, or the stream is being reset or does not exist.</summary>
    Closed,
}
