namespace Postern.Sessions.Sctp;

/// <summary>How a re-configuration request went (RFC 6525 §4.4).</summary>
public enum ReconfigResult : uint
{
    NothingToDo = 0,
    Performed = 1,
    Denied = 2,
    WrongStreamSequence = 3,
    AlreadyInProgress = 4,
    BadSequenceNumber = 5,
    InProgress = 6,
}
