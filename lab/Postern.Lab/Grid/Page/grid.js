// The page: summary, modes, legend and theme around the matrix.
const grid = filled(JSON.parse(document.getElementById('data').textContent));
MODES.push(...scheduleModes(grid));
const matrix = new Matrix(document.getElementById('matrix'), grid, index => panel.open(index));
const ways = [...MODES, ...(grid.peers ?? []).map(peer => ({ id: peer.name, name: peer.title, peer: peer.name }))];
const panel = new Panel(document.getElementById('panel'), grid, matrix);

function lead() {
  const worlds = grid.seeds === 1 ? `one simulated world each, seed ${grid.seed}` : `${grid.seeds} simulated worlds each, seeds ${grid.seed} to ${grid.seed + grid.seeds - 1}`;
  return `${many(grid.boxes.length, 'kind')} of NATs and firewalls before two peers: ${many(grid.totals.pairs, 'pair')}, either one calling, ${worlds}. The peers and the server are the real ones; only the network is made up.`;
}

function median(values) {
  const sorted = values.filter(value => value !== undefined).sort((a, b) => a - b);
  return sorted.length ? time(sorted[Math.floor((sorted.length - 1) / 2)]) : '—';
}

function summary() {
  const { totals } = grid;
  const shares = [['Punched', totals.direct, 'direct'], ['Relayed', totals.relayed, 'over the relay'], ['None', totals.none, 'without a path']];
  const bar = make('div', 'shares', ...shares.filter(([, count]) => count).map(([path, count]) => {
    const part = make('i', PATHS[path].look);
    part.style.flex = `${count} 0 0`;
    return part;
  }));
  const keys = make('div', 'keys', ...shares.map(([path, count, name]) => make('span', 'key', make('i', `swatch ${PATHS[path].look}`), make('b', '', number(count)), name)));
  const sure = totals.agrees + totals.contradicts;
  return [
    make('div', 'card', make('h3', '', 'Paths reached'), bar, keys),
    card('Forecast came true', `${number(totals.agrees)} of ${number(sure)}`, totals.open ? `and ${many(totals.open, 'pair')} left open` : 'pairs, from the boxes alone'),
    card('First byte after', median(grid.pairs.map(pair => pair.firstByte?.p50)), `half of the pairs; direct path after ${median(grid.pairs.map(pair => pair.direct?.p50))}`),
    beside() ?? card('Guards alarmed', number(totals.alarmed), totals.alarmed === 1 ? 'pair raised an alarm' : 'pairs raised an alarm'),
  ];
}

// Others beside ours where there are any, else ours for real beside ours in the simulator.
function beside() {
  const others = grid.pairs.flatMap(pair => (pair.meetings ?? []).filter(meeting => meeting.peer !== OURS).map(meeting => !verdict(meeting, pair)));
  const real = grid.pairs.filter(pair => meetingOf(pair, OURS)).map(pair => !differs(pair));
  const share = list => `${number(list.filter(isSame => isSame).length)} of ${number(list.length)}`;
  return others.length ? card('Beside other programs', share(others), 'meetings of theirs came to the same end as ours')
    : real.length ? card('Met for real', share(real), 'pairs came to the same end in network namespaces') : undefined;
}

function card(heading, value, note) {
  return make('div', 'card', make('h3', '', heading), make('div', 'figure', value), make('div', 'note', note));
}

function show(mode) {
  const scale = matrix.show(mode);
  const legend = document.getElementById('legend');
  if (mode.of) {
    legend.replaceChildren(make('span', '', mode.unit), make('span', 'key', mode.write(scale.least), make('i', 'ramp'), mode.write(scale.most)), make('span', 'key', make('i', 'swatch none'), 'none'));
  } else {
    const used = new Set(grid.pairs.map(pair => mode.peer ? meetingOf(pair, mode.peer) : pair).filter(end => end).map(end => end.path ?? 'None'));
    legend.replaceChildren(...Object.entries(PATHS).filter(([path]) => used.has(path)).map(([, path]) => make('span', 'key', swatch(path), path.name)));
    if (grid.peers) legend.append(make('span', 'key', make('i', 'swatch met'), 'others met there too'), make('span', 'key', make('i', 'swatch otherwise'), 'and came to another end'));
  }
}

function modes() {
  return ways.map((mode, index) => {
    const input = document.createElement('input');
    Object.assign(input, { type: 'radio', name: 'mode', value: mode.id, checked: index === 0 });
    input.addEventListener('change', () => show(mode));
    return make('label', '', mode.name, input);
  });
}

// Follows the system until the button is pressed; then this choice stays.
function theme() {
  const [button, root] = [document.getElementById('theme'), document.documentElement];
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const label = () => { button.textContent = isDark() ? '☀ Light' : '☾ Dark'; };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    try { localStorage.setItem('postern-grid-theme', root.dataset.theme); } catch { /* a file may have no storage: then it is chosen anew */ }
    label();
  });
  try { root.dataset.theme = localStorage.getItem('postern-grid-theme') ?? ''; } catch { /* as above */ }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', label);
  label();
  return label;
}

// The address may name a pair to open, a mode, a theme and the comparison alone: grid.html?mode=first&theme=dark#linux+random.
function follow() {
  const wishes = new URLSearchParams(location.search);
  document.body.classList.toggle('compared-alone', wishes.get('view') === 'compare');
  if (['light', 'dark'].includes(wishes.get('theme'))) document.documentElement.dataset.theme = wishes.get('theme');
  relabel();
  const mode = ways.find(way => way.id === wishes.get('mode')) ?? ways[0];
  document.querySelectorAll('#modes input')[ways.indexOf(mode)].checked = true;
  show(mode);
  openNamed();
}

function openNamed() {
  const index = grid.pairs.findIndex(pair => `#${pair.one}+${pair.other}` === location.hash);
  if (index >= 0) panel.open(index);
}

document.getElementById('lead').textContent = lead();
document.getElementById('summary').append(...summary());
document.getElementById('modes').append(...modes());
document.getElementById('compare').append(...comparison(grid));
const relabel = theme();
follow();
addEventListener('hashchange', openNamed);
