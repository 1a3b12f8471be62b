namespace Postern.Firewalls.Learning;

/// <summary>Is given a packet that opens a flow.</summary>
public delegate void SightingHandler(in Sighting sighting);
