// One peer of Chromium's: a foreign peer for ours, or for another one, to connect with. The members of `peer` are called through
// the DevTools protocol; each resolves to a JSON-able value. tests/counterparts/aiortc_peer.py takes the same requests.
'use strict';

const HIGH_WATER = 1 << 20;

// Marsaglia's xorshift32 as little-endian words; the other counterparts make the same bytes from the same seed.
function pseudoRandom(seed, count) {
  const words = new Uint32Array(Math.ceil(count / 4));
  let x = seed || 1;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer, 0, count);
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, b => b.toString(16).padStart(2, '0')).join('');
}

const peer = {
  received: [],
  receivedBytes: 0,
  texts: [],
  wakers: [],

  configure({iceServers = [], relayOnly = false} = {}) {
    this.connection = new RTCPeerConnection({iceServers, iceTransportPolicy: relayOnly ? 'relay' : 'all'});
    this.connection.ondatachannel = event => this.channel ? this.echo(event.channel) : this.take(event.channel);
    this.connection.onicegatheringstatechange = () => this.wake();
    this.connection.onconnectionstatechange = () => this.wake();
  },

  async offer() {
    this.take(this.connection.createDataChannel('files'));
    return this.describe(await this.connection.createOffer());
  },

  async answer({sdp}) {
    await this.connection.setRemoteDescription({type: 'offer', sdp});
    return this.describe(await this.connection.createAnswer());
  },

  async accept({sdp}) {
    await this.connection.setRemoteDescription({type: 'answer', sdp});
    return {};
  },

  async candidate({candidate}) {
    await this.connection.addIceCandidate({candidate, sdpMLineIndex: 0});
    return {};
  },

  async open() {
    await this.until(() => this.connection.connectionState === 'failed' || this.channel && this.channel.readyState === 'open');
    if (!this.channel || this.channel.readyState !== 'open') throw new Error('Chromium found no path.');
    return {label: this.channel.label, stream: this.channel.id};
  },

  async send({bytes, seed, size = 16384}) {
    const data = pseudoRandom(seed, bytes);
    for (let start = 0; start < bytes; start += size) {
      await this.until(() => this.channel.bufferedAmount < HIGH_WATER);
      this.channel.send(data.subarray(start, Math.min(bytes, start + size)));
    }
    await this.until(() => this.channel.bufferedAmount === 0);
    return {sha256: await sha256(data)};
  },

  async receive({bytes}) {
    await this.until(() => this.receivedBytes >= bytes);
    const all = new Uint8Array(await new Blob(this.received).arrayBuffer());
    this.received = [all.slice(bytes)];
    this.receivedBytes -= bytes;
    return {sha256: await sha256(all.subarray(0, bytes))};
  },

  async text({text}) {
    this.channel.send(text);
    return {};
  },

  async read() {
    await this.until(() => this.texts.length > 0);
    return {text: this.texts.shift()};
  },

  async pair() {
    const stats = await this.connection.getStats();
    const find = type => [...stats.values()].find(s => s.type === type);
    const transport = find('transport');
    const pair = stats.get(transport.selectedCandidatePairId);
    // It keeps the address of a peer-reflexive remote candidate to itself.
    const describe = c => `${c.candidateType} ${c.address || 'hidden'} ${c.port}`;
    return {
      local: describe(stats.get(pair.localCandidateId)),
      remote: describe(stats.get(pair.remoteCandidateId)),
      dtls: {version: transport.tlsVersion, cipher: transport.dtlsCipher, role: transport.dtlsRole},
      ice: {role: transport.iceRole, pairChanges: transport.selectedCandidatePairChanges},
      roundTrip: pair.currentRoundTripTime,
    };
  },

  async state() {
    const c = this.connection;
    return {connection: c.connectionState, ice: c.iceConnectionState, gathering: c.iceGatheringState, signaling: c.signalingState};
  },

  async close() {
    this.channel.close();
    await new Promise(done => setTimeout(done, 200));
    this.connection.close();
    return {};
  },

  async closed() {
    await this.until(() => this.channel.readyState === 'closed');
    return {};
  },

  // Without trickle: the description is handed out once all candidates are in it.
  async describe(description) {
    await this.connection.setLocalDescription(description);
    await this.until(() => this.connection.iceGatheringState === 'complete');
    return {type: this.connection.localDescription.type, sdp: this.connection.localDescription.sdp};
  },

  take(channel) {
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = HIGH_WATER / 2;
    channel.onopen = channel.onclose = channel.onbufferedamountlow = () => this.wake();
    channel.onmessage = event => {
      if (typeof event.data === 'string') {
        this.texts.push(event.data);
      } else {
        this.received.push(event.data);
        this.receivedBytes += event.data.byteLength;
      }
      this.wake();
    };
    this.wake();
  },

  // Beside "files": everything goes back.
  echo(channel) {
    channel.binaryType = 'arraybuffer';
    channel.onmessage = event => channel.send(event.data);
  },

  wake() {
    const wakers = this.wakers;
    this.wakers = [];
    wakers.forEach(waker => waker());
  },

  // Woken by events; the pause is for what has none (a buffer that has become empty).
  async until(condition) {
    while (!condition()) {
      await new Promise(done => {
        this.wakers.push(done);
        setTimeout(done, 50);
      });
    }
  },
};
