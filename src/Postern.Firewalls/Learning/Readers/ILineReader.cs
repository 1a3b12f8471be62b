namespace Postern.Firewalls.Learning.Readers;

/// <summary>One language that firewalls write their logs in.</summary>
internal interface ILineReader
{
    /// <summary>Reads a line, without its end and without control characters but tabs. False where it is not in this language.</summary>
    bool TryRead(ReadOnlySpan<byte> line, ref Sighting sighting, out LineKind kind);
}
