"""Stands between a peer and its switchboard: LISTEN SERVER MODE. Mode "forge" changes the fingerprint in offers; mode "replay" keeps the
first offer and brings it again, as if from another run, for each line on standard input. What the peer says in return is printed."""
import json, socket, struct, sys, threading

listen, server, mode = sys.argv[1:4]
PORT = 4780
links = []  # towards the peer, newest last
kept = []


def exactly(link, count):
    data = b""
    while len(data) < count:
        chunk = link.recv(count - len(data))
        if not chunk:
            raise EOFError
        data += chunk
    return data


def head(link):
    data = b""
    while b"\r\n\r\n" not in data:
        data += exactly(link, 1)
    return data


def read(link):
    """One frame (RFC 6455 5.2): first byte, mask or none, payload as it means."""
    first, second = exactly(link, 2)
    length = second & 127
    if length == 126:
        length = struct.unpack(">H", exactly(link, 2))[0]
    elif length == 127:
        length = struct.unpack(">Q", exactly(link, 8))[0]
    mask = exactly(link, 4) if second & 128 else b""
    payload = exactly(link, length)
    if mask:
        payload = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
    return first, bool(mask), payload


def write(link, first, masked, payload):
    bit = 128 if masked else 0
    length = len(payload)
    size = bytes([bit | length]) if length < 126 else bytes([bit | 126]) + struct.pack(">H", length) if length < 65536 else bytes([bit | 127]) + struct.pack(">Q", length)
    link.sendall(bytes([first]) + size + (b"\0\0\0\0" if masked else b"") + payload)


def to_peer(up, down):
    try:
        while True:
            first, _, payload = read(up)
            if first & 15 == 1 and b'"offer"' in payload:
                kept.append(payload)
                frame = json.loads(payload)
                if mode == "forge":
                    told = frame["payload"]["fingerprint"]
                    frame["payload"]["fingerprint"] = ("00" if told[:2] != "00" else "11") + told[2:]
                    payload = json.dumps(frame).encode()
            write(down, first, False, payload)
    except (EOFError, OSError):
        down.close()


def to_server(down, up):
    try:
        while True:
            first, masked, payload = read(down)
            if first & 15 == 1:
                print(payload.decode("utf-8", "replace"), flush=True)
            write(up, first, masked, payload)
    except (EOFError, OSError):
        up.close()


def replay():
    for number, _ in enumerate(sys.stdin):
        frame = json.loads(kept[0])
        frame["run"] = frame["run"][:-1] + str(number)
        frame["seq"] = 1
        write(links[-1], 0x81, False, json.dumps(frame).encode())


door = socket.create_server((listen, PORT))
threading.Thread(target=replay, daemon=True).start()
print("between", flush=True)
while True:
    down, _ = door.accept()
    up = socket.create_connection((server, PORT))
    up.sendall(head(down))
    down.sendall(head(up))
    links.append(down)
    threading.Thread(target=to_peer, args=(up, down), daemon=True).start()
    threading.Thread(target=to_server, args=(down, up), daemon=True).start()
