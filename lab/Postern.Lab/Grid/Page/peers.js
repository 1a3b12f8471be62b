// Programs beside ours: a column each. Of one program a pair has one meeting at most.
const OURS = 'postern';
const RANKS = { Direct: 2, Relayed: 1, None: 0 };

const meetingOf = (pair, peer) => (pair.meetings ?? []).find(meeting => meeting.peer === peer);
const peerOf = (grid, name) => (grid.peers ?? []).find(peer => peer.name === name) ?? { name, title: name, note: '' };

// Whether ours came to another end for real than in the simulator: then one of the two is wrong.
function differs(pair) {
  const real = meetingOf(pair, OURS);
  return real !== undefined && real.outcome !== pair.outcome;
}

// What others came to, where it is another end than ours.
const otherEnds = pair => (pair.meetings ?? []).filter(meeting => meeting.peer !== OURS && meeting.outcome !== pair.outcome);

function meetingWords(meeting) {
  const path = pathOf(meeting).name;
  return meeting.firstByte ? `${path}, first byte after ${time(meeting.firstByte)}` : path;
}

// How it compares with ours, in a word; nothing where both came to the same end.
function verdict(meeting, pair) {
  const difference = RANKS[meeting.outcome] - RANKS[pair.outcome];
  return difference === 0 ? '' : `${difference > 0 ? 'more' : 'less'} direct than ours`;
}

// The pairs that others met behind, row by row, ours first.
function comparison(grid) {
  const met = grid.pairs.filter(pair => pair.meetings);
  if (!met.length) return [];
  const title = id => grid.boxes.find(box => box.id === id).title;
  const head = make('tr', '', ...['calls', 'answers', 'Postern, simulated', ...grid.peers.map(peer => peer.title)].map(name => make('th', '', name)));
  const rows = met.map(pair => {
    const link = make('a', '', title(pair.one));
    link.href = `#${pair.one}+${pair.other}`;
    return make('tr', '', make('td', '', link), make('td', '', title(pair.other)),
      compared(pair, pair.firstByte?.p50, pair), ...grid.peers.map(peer => {
        const meeting = meetingOf(pair, peer.name);
        return meeting ? compared(meeting, meeting.firstByte, pair) : make('td', 'note', '—');
      }));
  });
  const sums = make('tr', '', make('td', '', 'the same end as ours'), make('td'), make('td'), ...grid.peers.map(peer => sum(met, peer)));
  return [
    make('h2', '', 'The same boxes, other programs'),
    make('p', 'note', 'Which path each program reached, and after which time a first byte could flow. Framed: another end than ours in the simulator.'),
    make('div', 'wrap', make('table', 'plain', make('thead', '', head), make('tbody', '', ...rows), make('tfoot', '', sums))),
    ...grid.peers.map(peer => make('p', 'note', make('b', '', `${peer.title}. `), peer.note)),
  ];
}

function compared(end, after, pair) {
  const path = pathOf(end);
  const words = verdict(end, pair);
  const cell = make('td', 'compared', make('span', '', swatch(path), after === undefined ? path.name : time(after)), words ? make('div', 'note', words) : null);
  if (words) cell.firstChild.className = 'otherwise';
  cell.title = end.trouble ? `${path.name}: ${end.trouble}` : path.name;
  return cell;
}

function sum(met, peer) {
  const meetings = met.filter(pair => meetingOf(pair, peer.name));
  return make('td', '', `${number(meetings.filter(pair => meetingOf(pair, peer.name).outcome === pair.outcome).length)} of ${number(meetings.length)}`);
}

// One program's meeting in the story of its pair.
function met(meeting, pair, grid) {
  const peer = peerOf(grid, meeting.peer);
  const words = verdict(meeting, pair);
  return [
    make('h2', '', peer.title),
    make('p', '', meeting.path ? `${meetingWords(meeting)}.` : `No path: ${meeting.trouble ?? 'nothing was said'}`, meeting.report ? ` ${meeting.report.summary}` : '', words ? make('b', '', ` That is ${words} in the simulator.`) : ''),
    meeting.caller ? make('p', '', `The caller sends from ${meeting.caller}, the callee from ${meeting.callee}.`) : null,
    make('p', 'note', peer.note),
    meeting.report ? attempts(meeting.report.attempts) : null,
  ].filter(part => part !== null);
}
