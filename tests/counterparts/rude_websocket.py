"""Opens a WebSocket (RFC 6455 4.1) to HOST PORT and sends one rude frame of the KIND named, to the switchboard or, with a PATH, to what is
there; prints what comes back until the end, and the status of a Close frame."""
import base64, os, socket, struct, sys

host, port, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
path = sys.argv[4] if len(sys.argv) > 4 else "/switchboard"
protocol = "" if path == "/switchboard" else "Sec-WebSocket-Protocol: postern.relay.1\r\n"
link = socket.create_connection((host, port), 10)
link.settimeout(15)
key = base64.b64encode(os.urandom(16)).decode()
link.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{protocol}\r\n".encode())
head = b""
while b"\r\n\r\n" not in head:
    head += link.recv(1)


def frame(opcode, payload):
    length = len(payload)
    size = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack(">H", length) if length < 65536 else b"\xff" + struct.pack(">Q", length)
    return bytes([0x80 | opcode]) + size + b"\0\0\0\0" + payload


rude = {
    "nonsense": frame(1, b"this is no JSON"),
    "deep": frame(1, b"[" * 60000),
    "oversized": frame(1, b'{"type":"' + b"x" * 3_000_000),
    "binary": frame(2, os.urandom(2000)),
    "fragments": b"".join(bytes([2 if i == 0 else 0]) + frame(0, os.urandom(1000))[1:] for i in range(100)),
    "unmasked": b"\x82\x05hello",
    "reserved": b"\xf2\x80\0\0\0\0",
    "chatter": b"".join(frame(2, os.urandom(20)) for _ in range(1000)),
    "early": frame(1, b'{"type":"signal","to":"bob","session":"s","seq":1,"kind":"offer","payload":{}}'),
}[kind]
try:
    link.sendall(rude)
except OSError:
    pass  # it may hang up before it has heard all
answer = b""
try:
    while chunk := link.recv(4096):
        answer += chunk
except OSError:
    pass
print(answer.decode("utf-8", "replace"))
while len(answer) >= 2:  # frames of a server are not masked
    begin, length = (2, answer[1]) if answer[1] < 126 else (4, struct.unpack(">H", answer[2:4])[0])
    if answer[0] == 0x88 and length >= 2:
        print(f"closed with {struct.unpack('>H', answer[begin:begin + 2])[0]}")
    answer = answer[begin + length:]
