using Postern.Protocol.Ice;

namespace Postern.Cli.Terminal;

/// <summary>Kinds of paths in plain words.</summary>
internal static class PathNames
{
    public static string InWords(this PathKind? path) => path?.InWords() ?? "no path";

    public static string InWords(this PathKind path) => path switch
    {
        PathKind.Host => "direct",
        PathKind.Mapped => "direct, through a mapped port",
        PathKind.Punched => "direct, through a punched hole",
        PathKind.Predicted => "direct, through a predicted port",
        PathKind.Tcp => "direct, over TCP",
        PathKind.Relayed => "relayed",
        _ => path.ToString(),
    };
}
