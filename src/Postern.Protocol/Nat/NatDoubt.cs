using System.Text.Json.Serialization;

namespace Postern.Protocol.Nat;

/// <summary>Why something could not be told, or only in part.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NatDoubt>))]
public enum NatDoubt : byte
{
    /// <summary>No answer came at all: the network drops UDP, or the server is down.</summary>
    NoAnswer,

    /// <summary>No socket of this family could be opened.</summary>
    NoSocket,

    /// <summary>The server has one address only.</summary>
    NoSecondAddress,

    /// <summary>The server has one port only.</summary>
    NoSecondPort,

    /// <summary>The server's other endpoints do not answer even when they are asked directly, so silence proves nothing.</summary>
    OtherEndpointSilent,

    /// <summary>The server did not do as CHANGE-REQUEST said.</summary>
    ChangeRefused,

    /// <summary>Too few new mappings were seen.</summary>
    TooFewSamples,

    /// <summary>Each target gets another mapping, so an outer endpoint that the server saw cannot be tried by a neighbour.</summary>
    MappingMoves,

    /// <summary>The caller did not want it measured.</summary>
    NotAsked,

    /// <summary>The time for measuring was over.</summary>
    TimeUp,
}
