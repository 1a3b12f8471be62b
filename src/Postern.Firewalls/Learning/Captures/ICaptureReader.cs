namespace Postern.Firewalls.Learning.Captures;

/// <summary>One format of captures.</summary>
internal interface ICaptureReader
{
    /// <summary>Takes the record at the beginning of the bytes.</summary>
    /// <returns>How many bytes belong to it, which may be more than there are where the rest is not needed; 0 where more are needed; negative where this is no capture any more.</returns>
    long Take(ReadOnlySpan<byte> bytes);
}
