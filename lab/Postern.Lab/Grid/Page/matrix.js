// What a cell can show. A mode without `of` shows the path: ours, or that of its `peer`.
const MODES = [
  { id: 'path', name: 'Path' },
  { id: 'first', name: 'First byte', of: pair => pair.firstByte?.p50, write: time, short: milliseconds, unit: 'time until both can talk' },
  { id: 'direct', name: 'Direct path', of: pair => pair.direct?.p50, write: time, short: milliseconds, unit: 'time until both have a direct path' },
  { id: 'packets', name: 'Packets', of: pair => pair.packetsSent.p50 || undefined, write: number, short: String, unit: 'datagrams that both peers sent' },
  { id: 'endpoints', name: 'Ports probed', of: pair => pair.endpointsProbed.p50, write: number, short: String, unit: 'endpoints that both peers sent to' },
  { id: 'alarms', name: 'Alarms', of: alarmsOf, write: number, short: String, unit: 'alarms of guards against port scans' },
];

function milliseconds(ms) {
  return ms < 1000 ? String(Math.round(ms)) : `${ms < 9950 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)}s`;
}

class Matrix {
  constructor(table, grid, open) {
    Object.assign(this, { table, grid, open, cells: [], rows: [], columns: [] });
    this.size = grid.boxes.length;
    document.body.classList.toggle('wide', this.size <= 14);
    document.documentElement.style.setProperty('--cell', this.size <= 6 ? '56px' : this.size <= 14 ? '40px' : '25px');
    table.append(this.head(), this.body());
    this.cells[0].tabIndex = 0;
    table.addEventListener('keydown', event => this.key(event));
  }

  head() {
    const groups = make('tr', '', this.corner());
    const names = make('tr');
    this.grid.boxes.forEach((box, index) => {
      if (this.opens(index)) {
        let length = 1;
        while (index + length < this.size && !this.opens(index + length)) length++;
        const group = make('th', `group ${index ? 'opens' : ''}`, length * (this.size <= 14 ? 40 : 25) > 70 ? GROUPS[box.kind] : '');
        group.colSpan = length;
        groups.append(group);
      }
      const name = make('th', `name ${index && this.opens(index) ? 'opens' : ''}`, make('span', '', box.title));
      name.title = `${box.title}: ${box.summary}`;
      name.scope = 'col';
      this.columns.push(name);
      names.append(name);
    });
    return make('thead', '', groups, names);
  }

  corner() {
    const corner = make('th', 'corner', 'answers ↗', document.createElement('br'), 'calls ↓');
    corner.rowSpan = 2;
    return corner;
  }

  body() {
    const body = make('tbody');
    this.grid.boxes.forEach((box, index) => {
      const name = make('th', '', box.title);
      name.title = `${box.title}: ${box.summary}`;
      name.scope = 'row';
      this.rows.push(name);
      const row = make('tr', index && this.opens(index) ? 'opens' : '', name);
      for (let column = 0; column < this.size; column++) row.append(this.cell(index, column));
      body.append(row);
    });
    return body;
  }

  cell(row, column) {
    const pair = this.grid.pairs[row * this.size + column];
    const cell = make('td');
    cell.tabIndex = -1;
    cell.dataset.pair = `${pair.one}+${pair.other}`;
    cell.setAttribute('role', 'gridcell');
    cell.setAttribute('aria-label', `${this.grid.boxes[row].title} calls ${this.grid.boxes[column].title}: ${pathOf(pair).name}`);
    const at = this.cells.push(cell) - 1;
    cell.addEventListener('click', () => this.open(at));
    cell.addEventListener('mouseenter', () => this.point(at));
    cell.addEventListener('mouseleave', () => this.point(-1));
    cell.addEventListener('focus', () => this.point(at));
    cell.addEventListener('blur', () => this.point(-1));
    return cell;
  }

  opens(index) {
    return index === 0 || this.grid.boxes[index].kind !== this.grid.boxes[index - 1].kind;
  }

  // Colours and writes every cell anew.
  show(mode) {
    const scale = new Scale(this.grid.pairs.map(pair => mode.of?.(pair)).filter(value => value !== undefined));
    this.cells.forEach((cell, index) => {
      const pair = this.grid.pairs[index];
      const value = mode.of?.(pair);
      const beside = otherEnds(pair).length ? ' otherwise' : pair.meetings ? ' met' : '';
      const marks = `${beside}${pair.agreement === 'Contradicts' || differs(pair) ? ' wrong' : ''}${alarmsOf(pair) ? ' alarmed' : ''}${index % this.size && this.opens(index % this.size) ? ' opens' : ''}`;
      const share = value === undefined ? 0 : scale.share(value);
      const end = mode.peer ? meetingOf(pair, mode.peer) : pair;
      const look = !mode.of ? end ? pathOf(end).look : 'unmet' : value === undefined ? 'none number' : `scaled number${share > 0.5 ? ' high' : ''}`;
      cell.className = `cell ${look}${marks}${cell.classList.contains('open') ? ' open' : ''}`;
      cell.textContent = !mode.of ? end ? pathOf(end).letter : '' : value === undefined ? '' : mode.short(value);
      cell.style.setProperty('--v', share.toFixed(3));
    });
    return scale;
  }

  // Marks the row and the column, and shows the figures; -1 for none.
  point(index) {
    [...this.rows, ...this.columns].forEach(name => name.classList.remove('on'));
    const tip = document.getElementById('tip');
    tip.hidden = index < 0;
    if (index < 0) return;
    this.rows[Math.floor(index / this.size)].classList.add('on');
    this.columns[index % this.size].classList.add('on');
    tip.replaceChildren(...this.tip(index));
    const cell = this.cells[index].getBoundingClientRect();
    const right = cell.right + 12 + tip.offsetWidth < innerWidth;
    tip.style.left = `${Math.max(8, right ? cell.right + 12 : cell.left - 12 - tip.offsetWidth)}px`;
    tip.style.top = `${Math.max(8, Math.min(cell.top - 8, innerHeight - tip.offsetHeight - 8))}px`;
  }

  tip(index) {
    const pair = this.grid.pairs[index];
    const path = pathOf(pair);
    const [one, other] = [this.grid.boxes[Math.floor(index / this.size)], this.grid.boxes[index % this.size]];
    return [
      make('strong', '', `${one.title} calls ${other.title}`),
      make('p', 'key', swatch(path), path.name),
      figures(outcomeOf(pair, this.grid)),
      make('p', AGREEMENTS[pair.agreement].look, AGREEMENTS[pair.agreement].text),
    ];
  }

  key(event) {
    const at = this.cells.indexOf(document.activeElement);
    if (at < 0) return;
    const [row, column] = [Math.floor(at / this.size), at % this.size];
    const to = {
      ArrowLeft: () => column > 0 ? at - 1 : at,
      ArrowRight: () => column < this.size - 1 ? at + 1 : at,
      ArrowUp: () => row > 0 ? at - this.size : at,
      ArrowDown: () => row < this.size - 1 ? at + this.size : at,
      Home: () => at - column,
      End: () => at - column + this.size - 1,
    }[event.key]?.();
    if (to !== undefined) this.focus(to);
    else if (event.key === 'Enter' || event.key === ' ') this.open(at);
    else return;
    event.preventDefault();
  }

  focus(index) {
    this.cells.forEach(cell => { cell.tabIndex = -1; });
    this.cells[index].tabIndex = 0;
    this.cells[index].focus();
  }

  mark(index) {
    this.cells.forEach((cell, at) => cell.classList.toggle('open', at === index));
  }
}

// From the least to the greatest figure, by their logarithms where they lie far apart.
class Scale {
  constructor(values) {
    this.least = values.length ? Math.min(...values) : 0;
    this.most = values.length ? Math.max(...values) : 0;
    this.isFar = this.least > 0 && this.most / this.least > 5;
  }

  share(value) {
    if (this.most === this.least) return 0;
    const at = this.isFar ? Math.log : (x => x);
    return (at(value) - at(this.least)) / (at(this.most) - at(this.least));
  }
}

function outcomeOf(pair, grid) {
  const lines = [
    ['First byte', figure(pair.firstByte, time)],
    ['Direct path', figure(pair.direct, time)],
    ['Packets sent', figure(pair.packetsSent, number)],
    ['Ports probed', figure(pair.endpointsProbed, number)],
    ['Alarms', pair.alarms.length ? pair.alarms.map(alarm => `${alarm.count} by ${alarm.guard} (${alarm.side})`).join(', ') : 'none'],
  ];
  for (const meeting of pair.meetings ?? []) lines.push([peerOf(grid, meeting.peer).title, meetingWords(meeting)]);
  lines.push(...scheduleLines(pair));
  if (grid.seeds > 1) lines.push(['Worlds', Object.entries(pair.paths).map(([path, count]) => `${count} ${PATHS[path].name}`).join('; ')]);
  return lines;
}
