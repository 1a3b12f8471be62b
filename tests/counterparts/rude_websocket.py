"""Opens a WebSocket (RFC 6455 4.1) to HOST PORT and sends one rude frame of the KIND named; prints what comes back until the end."""
import base64, os, socket, struct, sys

host, port, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
link = socket.create_connection((host, port), 10)
link.settimeout(15)
key = base64.b64encode(os.urandom(16)).decode()
link.sendall(f"GET /switchboard HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
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
