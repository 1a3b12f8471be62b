using Postern.Sessions.Calls;

namespace Postern;

/// <summary>A connection could not be made; the message says in one sentence why and what to do.</summary>
public sealed class ConnectException : Exception
{
    /// <summary>Makes an exception without a reason; only for serializers.</summary>
    public ConnectException()
    {
    }

    /// <summary>Makes an exception with a message alone.</summary>
    public ConnectException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and what caused it.</summary>
    public ConnectException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal ConnectException(ConnectFailure failure, string message, ConnectReport? report = null, Exception? inner = null)
        : base(message, inner)
    {
        Failure = failure;
        Report = report;
    }

    /// <summary>What kind of failure.</summary>
    public ConnectFailure Failure { get; }

    /// <summary>What was tried; null where nothing was.</summary>
    public ConnectReport? Report { get; }
}
