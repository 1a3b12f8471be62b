using System.Text.Json.Nodes;

namespace Postern.Lab.Foreign;

/// <summary>The options of a foreign peer in the words of a browser's RTCConfiguration.</summary>
internal static class IceServers
{
    public static JsonObject Configuration(ForeignPeerOptions options, params (string Name, bool Value)[] more)
    {
        var servers = new JsonArray();
        if (options.Turn is { } turn)
        {
            servers.Add(new JsonObject
            {
                ["urls"] = $"turn:{turn.Address}:{turn.Port}?transport=udp",
                ["username"] = turn.User,
                ["credential"] = turn.Password,
            });
        }

        var configuration = new JsonObject { ["iceServers"] = servers, ["relayOnly"] = options.RelayOnly };
        foreach (var (name, value) in more)
        {
            configuration[name] = value;
        }

        return configuration;
    }
}
