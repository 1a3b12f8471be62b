'use strict';

// What the data's words mean to a person.
const PATHS = {
  Host: { letter: 'H', look: 'host', name: 'direct: one side is open to all' },
  Mapped: { letter: 'M', look: 'mapped', name: 'direct, through a mapped port' },
  Punched: { letter: 'P', look: 'punched', name: 'direct, through punched holes' },
  Predicted: { letter: 'G', look: 'predicted', name: 'direct, through a guessed port' },
  Tcp: { letter: 'T', look: 'tcp', name: 'direct, over TCP' },
  Relayed: { letter: 'R', look: 'relayed', name: 'over the relay' },
  None: { letter: '×', look: 'none', name: 'no path' },
};

const GROUPS = { Public: 'Open', Nat: 'One NAT', Row: 'Two NATs', Firewall: 'Firewalls', Guard: 'Scan guards' };

const KINDS = {
  Other: { name: 'other', look: 'k-other' },
  Signal: { name: 'signalling', look: 'k-signal' },
  Check: { name: 'check', look: 'k-check' },
  Opener: { name: 'opener', look: 'k-check opener' },
  Answer: { name: 'answer', look: 'k-check' },
  Turn: { name: 'relay request', look: 'k-turn' },
  RelayedCheck: { name: 'check by relay', look: 'k-relay wrapped' },
  RelayedHandshake: { name: 'DTLS by relay', look: 'k-dtls wrapped' },
  RelayedData: { name: 'data by relay', look: 'k-data wrapped' },
  Handshake: { name: 'DTLS', look: 'k-dtls' },
  Data: { name: 'data', look: 'k-data' },
  Refusal: { name: 'ICMP error', look: 'k-refusal' },
};

const DROPS = {
  NoMapping: 'nobody inside has that port',
  Filtered: 'this sender is not let in',
  NoPort: 'no port is left',
  TableFull: 'the table is full',
  NoHairpin: 'not turned round',
  TooEarly: 'too early',
  WrongState: 'not in this state of TCP',
  Refused: 'refused by a rule',
  Banned: 'taken for a scanner',
  TimeExceeded: 'used up, as it was meant to be',
  Lost: 'lost on the link',
  QueueFull: 'the queue was full',
  TooBig: 'too big for the link',
  NoHost: 'no such host outside',
};

const AGREEMENTS = {
  Agrees: { text: '✓ The forecast came true.', look: 'good' },
  Open: { text: '○ The forecast left it open.', look: '' },
  Contradicts: { text: '✗ The forecast was wrong.', look: 'bad' },
};

const pathOf = pair => PATHS[pair.path ?? 'None'];
const number = value => value.toLocaleString('en', { maximumFractionDigits: 1 });
const time = ms => ms < 1000 ? `${number(Math.round(ms))} ms` : `${number(ms / 1000)} s`;
const percent = odds => odds >= 0.999 ? 'sure' : odds === 0 ? 'never' : `${Math.round(odds * 100)} %`;
const alarmsOf = pair => pair.alarms.reduce((sum, alarm) => sum + alarm.count, 0);
const many = (count, noun) => `${number(count)} ${noun}${count === 1 ? '' : 's'}`;

// Both figures where there are several worlds, the one there is otherwise.
function figure(value, write) {
  if (!value) return '—';
  return value.count > 1 && value.p50 !== value.p95 ? `${write(value.p50)}, 95 % within ${write(value.p95)}` : write(value.p50);
}

// An element with a class, attributes and children; texts stay texts.
function make(name, look, ...children) {
  const element = document.createElement(name);
  if (look) element.className = look;
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

function swatch(path) {
  return make('span', `swatch ${path.look}`, path.letter);
}

function figures(pairs) {
  return make('dl', '', ...pairs.flatMap(([name, value]) => [make('dt', '', name), make('dd', '', value)]));
}
