using System.Text.Json.Serialization;

namespace Postern.Protocol.Probing;

/// <summary>
/// How much a network may be bothered for a direct path. What each allows stands in <see cref="ProbeLimits"/>; between two ends the
/// more careful word holds.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProbeMode>))]
public enum ProbeMode : byte
{
    /// <summary>The default: no known detector of port scans alarms, but for psad's first level.</summary>
    Polite,

    /// <summary>Nothing that anybody could notice: for networks that are watched.</summary>
    Quiet,

    /// <summary>For networks without guards against scans: Zeek, CrowdSec, Snort and, where our server's port comes to the twenty, xt_psd may alarm.</summary>
    Bold,

    /// <summary>As fast as conversations between friends allow.</summary>
    Fast,
}
