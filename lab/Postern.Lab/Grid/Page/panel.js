// The story of one pair.
class Panel {
  constructor(element, grid, matrix) {
    Object.assign(this, { element, grid, matrix, at: -1 });
    addEventListener('keydown', event => { if (event.key === 'Escape') this.close(); });
  }

  open(index) {
    this.at = index;
    const pair = this.grid.pairs[index];
    this.matrix.mark(index);
    this.matrix.point(-1);
    this.element.replaceChildren(this.bar(index, pair), ...this.story(pair));
    this.element.hidden = false;
    this.element.scrollTop = 0;
    this.element.focus({ preventScroll: true });
    history.replaceState(null, '', `#${pair.one}+${pair.other}`);
  }

  close() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.matrix.mark(-1);
    this.matrix.focus(this.at);
    history.replaceState(null, '', location.pathname + location.search);
  }

  bar(index, pair) {
    const size = this.grid.boxes.length;
    const bar = make('div', 'bar');
    if (pair.one !== pair.other) bar.append(this.button('⇄ the other way round', () => this.open(index % size * size + Math.floor(index / size))));
    const close = this.button('Close', () => this.close());
    close.className = 'close';
    bar.append(close);
    return bar;
  }

  button(text, action) {
    const button = make('button', '', text);
    button.type = 'button';
    button.addEventListener('click', action);
    return button;
  }

  story(pair) {
    const title = make('h1', '', `${this.title(pair.one)} calls ${this.title(pair.other)}`);
    title.id = 'panel-title';
    const path = pathOf(pair);
    const agreement = AGREEMENTS[pair.agreement];
    return [
      title,
      make('p', 'badge', swatch(path), path.name[0].toUpperCase() + path.name.slice(1)),
      make('div', 'both', this.forecast(pair), make('div', 'card', make('h3', '', 'What came of it'), figures(outcomeOf(pair, this.grid)))),
      make('p', `agreement ${agreement.look}`, agreement.text, pair.contradiction ? ` ${pair.contradiction}` : ''),
      ...(pair.report ? reasons(pair.report) : [make('p', '', 'No call could be made: a peer did not get as far as the switchboard.')]),
      ...this.met(pair, meeting => meeting.peer !== OURS),
      ...scheduleTable(pair),
      ...this.ladder(pair.ladder),
      ...(pair.report ? details(pair.report) : []),
      ...this.met(pair, meeting => meeting.peer === OURS),
    ];
  }

  met(pair, isShown) {
    return (pair.meetings ?? []).filter(isShown).flatMap(meeting => met(meeting, pair, this.grid));
  }

  title(id) {
    return this.grid.boxes.find(box => box.id === id).title;
  }

  forecast(pair) {
    const { forecast } = pair;
    const list = make('ul', 'paths', ...forecast.paths.map(path => make(
      'li', path.odds === 0 ? 'never' : '', make('span', 'odds', path.reason.id.endsWith('-not-built') ? 'not built' : percent(path.odds)), make('span', '', make('b', '', `${PATHS[path.kind].name}. `), path.reason.sentence))));
    return make('div', 'card', make('h3', '', 'What was foretold'), make('div', 'expected', forecast.kind ? PATHS[forecast.kind].name : 'no path'), list);
  }

  ladder(ladder) {
    if (!ladder.rungs.length) return [];
    const shown = ladder.rungs.reduce((sum, rung) => sum + 1 + (rung.repeats ?? 0), 0);
    const more = ladder.packets - shown;
    return [
      make('h2', 'packets', 'The packets'),
      make('p', 'note', `Time runs down, from the beginning of the call. A dot on a box: it passed there; ×3: three alike, drawn where the first one was. Point at an arrow for its addresses.${more > 0 ? ` ${many(more, 'packet')} found no room here.` : ''}`),
      drawLadder(ladder),
    ];
  }
}

// Which path, why, and what would help.
function reasons(report) {
  const parts = [make('h2', '', 'What the caller’s own report says'), make('p', '', report.summary)];
  for (const reason of report.reasons) {
    const side = { you: 'On the caller’s side', peer: 'On the other side' }[reason.side] ?? 'On both sides';
    parts.push(make('div', 'reason', make('div', '', `${side}: ${reason.sentence}`), reason.remedy ? make('div', 'note', `What would help: ${reason.remedy}.`) : null));
  }
  return parts;
}

// Every attempt and every step.
function details(report) {
  const steps = make('ol', 'steps', ...report.steps.map(step => make('li', '', make('span', '', clock(step.at)), make('div', '', step.what))));
  return [
    ...(report.attempts.length ? [make('h2', '', 'What was tried'), attempts(report.attempts)] : []),
    make('h2', '', 'What happened when'),
    steps,
  ];
}

function attempts(list) {
  const head = make('tr', '', ...['outcome', 'from', 'to', 'asked', 'answered', 'valid after', 'round trip'].map((name, index) => make('th', index > 2 ? 'right' : '', name)));
  const rows = list.map(attempt => make('tr', attempt.outcome === 'used' ? 'used' : '',
    make('td', '', attempt.outcome, attempt.cause ? make('div', 'note', attempt.cause) : null),
    make('td', '', attempt.local),
    make('td', '', attempt.remote),
    make('td', 'right', number(attempt.requestsSent)),
    make('td', 'right', number(attempt.responsesReceived)),
    make('td', 'right', attempt.validAfter === undefined ? '—' : time(attempt.validAfter)),
    make('td', 'right', attempt.roundTrip === undefined ? '—' : time(attempt.roundTrip))));
  return make('div', 'wrap', make('table', 'plain', make('thead', '', head), make('tbody', '', ...rows)));
}
