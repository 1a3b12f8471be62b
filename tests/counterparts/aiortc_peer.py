"""One peer of aiortc as a subprocess: a foreign peer for ours to connect with.

    /usr/bin/python3 aiortc_peer.py        (Debian's python3-aiortc)

JSON lines. Each request has an "id" and a "do"; its answer has the same "id" and either the result or "error". Requests
may overlap. The end of standard input ends the program; so does a limit of 180 s.

    configure  iceServers: [{urls, username, credential}], relayOnly, modernSdp      first, at most once
    offer                               -> type, sdp      opens the channel "files"
    answer     sdp                      -> type, sdp      accepts the first channel
    accept     sdp                                        the answer to our offer
    candidate  candidate                                  a trickled candidate; an empty one is the end of candidates
    open                                -> label, stream  waits for the channel
    send       bytes, seed, size        -> sha256         returns once everything has left our buffer
    receive    bytes                    -> sha256         of the next so many bytes
    text       text / read              -> text           one text message out / in
    pair                                -> local, remote  "type address port"
    close                                                 closes channel and connection
    closed                                                waits until the channel is closed

A channel that the other side opens beside "files" sends everything back.
"""

import asyncio
import hashlib
import json
import logging
import os
import signal
import struct
import sys

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

HIGH_WATER = 1 << 20


def pseudo_random(seed, count):
    """Marsaglia's xorshift32 as little-endian words; the other counterparts make the same bytes from the same seed."""
    words = []
    x = seed or 1
    for _ in range((count + 3) // 4):
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        words.append(x)
    return struct.pack("<%dI" % len(words), *words)[:count]


class Peer:
    def __init__(self):
        self.relay_only = False
        self.channel = None
        self.received = bytearray()
        self.texts = asyncio.Queue()
        self.changed = asyncio.Condition()
        self.connection = None

    async def configure(self, iceServers=(), relayOnly=False, modernSdp=False):
        self.relay_only = relayOnly
        servers = [RTCIceServer(**server) for server in iceServers]
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self.connection._sctpLegacySdp = not modernSdp
        self.connection.on("datachannel", lambda channel: self.echo(channel) if self.channel else self.take(channel))

    async def offer(self):
        self.take(self.connection.createDataChannel("files"))
        await self.gather()
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.description()

    async def answer(self, sdp):
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await self.gather()
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return self.description()

    async def accept(self, sdp):
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def candidate(self, candidate):
        if not candidate:
            await self.ice.addRemoteCandidate(None)
            return
        parsed = candidate_from_sdp(candidate.split(":", 1)[1])
        parsed.sdpMid = self.connection.sctp.mid
        await self.connection.addIceCandidate(parsed)

    async def open(self):
        await self.until(lambda: self.channel and self.channel.readyState == "open")
        return {"label": self.channel.label, "stream": self.channel.id}

    async def send(self, bytes, seed, size=16384):
        data = pseudo_random(seed, bytes)
        for start in range(0, bytes, size):
            await self.until(lambda: self.channel.bufferedAmount < HIGH_WATER)
            self.channel.send(data[start:start + size])
        await self.until(lambda: self.channel.bufferedAmount == 0)
        return {"sha256": hashlib.sha256(data).hexdigest()}

    async def receive(self, bytes):
        await self.until(lambda: len(self.received) >= bytes)
        digest = hashlib.sha256(self.received[:bytes]).hexdigest()
        del self.received[:bytes]
        return {"sha256": digest}

    async def text(self, text):
        self.channel.send(text)

    async def read(self):
        return {"text": await self.texts.get()}

    async def pair(self):
        chosen = self.ice._connection._nominated[1]
        return {"local": describe(chosen.local_candidate), "remote": describe(chosen.remote_candidate)}

    async def close(self):
        self.channel.close()
        await asyncio.sleep(0.2)
        await self.connection.close()

    async def closed(self):
        await self.until(lambda: self.channel.readyState == "closed")

    @property
    def ice(self):
        return self.connection.sctp.transport.transport

    def description(self):
        local = self.connection.localDescription
        return {"type": local.type, "sdp": local.sdp}

    async def gather(self):
        """aiortc has no relay-only policy, so its host sockets are taken from the agent before it forms pairs. They stay open:
        a socket that closes ends the whole connection."""
        await self.ice.iceGatherer.gather()
        if self.relay_only:
            agent = self.ice._connection
            agent._protocols[:] = [p for p in agent._protocols if p.local_candidate.type == "relay"]
            agent._local_candidates[:] = [c for c in agent._local_candidates if c.type == "relay"]

    def take(self, channel):
        self.channel = channel
        channel.bufferedAmountLowThreshold = HIGH_WATER // 2
        for event in ("open", "close", "bufferedamountlow"):
            channel.on(event, self.wake)
        channel.on("message", self.on_message)
        self.wake()

    def echo(self, channel):
        channel.on("message", channel.send)

    def on_message(self, message):
        if isinstance(message, str):
            self.texts.put_nowait(message)
            return
        self.received += message
        self.wake()

    def wake(self):
        async def notify():
            async with self.changed:
                self.changed.notify_all()

        asyncio.ensure_future(notify())

    async def until(self, condition):
        """Woken by events; the pause is for what aiortc announces with none (a buffer that has become empty)."""
        while not condition():
            async with self.changed:
                try:
                    await asyncio.wait_for(self.changed.wait(), 0.05)
                except asyncio.TimeoutError:
                    pass


def describe(candidate):
    return "%s %s %d" % (candidate.type, candidate.host, candidate.port)


async def serve(peer, request):
    reply = {"id": request.pop("id")}
    try:
        reply.update(await getattr(peer, request.pop("do"))(**request) or {})
    except Exception as error:  # everything goes back to the test that asked
        reply["error"] = repr(error)
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


async def main():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 22)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    peer = Peer()
    tasks = set()
    while line := await reader.readline():
        task = asyncio.ensure_future(serve(peer, json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


if __name__ == "__main__":
    signal.alarm(180)
    if os.environ.get("AIORTC_LOG"):
        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    asyncio.run(main())
    os._exit(0)
