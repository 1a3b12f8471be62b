using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Postern.Protocol.Turn;

namespace Postern.Server.Relay;

/// <summary>What is to be logged: noted under the driver's lock and told outside it, for a logger is somebody else's code.</summary>
internal sealed class RelayNews(ILogger? logger)
{
    private readonly ConcurrentQueue<RelayEvent> _waiting = new();

    public void Note(RelayEvent happened)
    {
        if (logger is not null)
        {
            _waiting.Enqueue(happened);
        }
    }

    public void Tell()
    {
        while (_waiting.TryDequeue(out var happened))
        {
            try
            {
                logger?.Write(happened);
            }
            catch (Exception)
            {
                // a log that fails must not end the loop that wanted to tell it something
            }
        }
    }
}
