namespace Postern.Lab.Boxes.Guards;

/// <summary>How a detector of port scans counts.</summary>
public enum GuardModel : byte
{
    /// <summary>Weight of new ports, forgotten once no new port has come for the window: every new port starts it anew (xt_psd).</summary>
    Gap,

    /// <summary>Different ports within the window that ends now (Juniper, Palo Alto, Check Point).</summary>
    Sliding,

    /// <summary>A bucket of different ports that leaks one each window and overflows beyond the threshold (CrowdSec).</summary>
    Bucket,

    /// <summary>Different ports since the window began; the next begins with the first packet after its end (Zeek).</summary>
    Epoch,

    /// <summary>Refused attempts and changes of port between two hosts since the window began (Snort 3's port_scan).</summary>
    Refusals,
}
