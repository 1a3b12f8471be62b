// The ladder diagram: places side by side, time runs down, one packet a rung.
const WIDTH = 728, LEFT = 74, EDGE = 54, ROW = 19, TOP = 44;

function drawLadder(ladder) {
  const xs = ladder.places.map((_, index) => LEFT + EDGE + index * (WIDTH - LEFT - 2 * EDGE) / (ladder.places.length - 1));
  const parts = [];
  let y = TOP, before = 0, last = '';
  for (const row of rowsOf(ladder)) {
    if (row.at - before > 1000) {
      parts.push(gap(y, row.at - before));
      y += ROW;
    }
    const label = clock(row.at);
    parts.push(row.moment ? moment(row, y) : rung(row, y, xs, ladder), label === last ? '' : svg('text', { class: 'time', x: LEFT - 8, y: y + 4 }, label));
    [before, last] = [Math.max(before, row.at), label];
    y += row.moment ? ROW + 4 : ROW;
  }
  const picture = svg('svg', { class: 'ladder', viewBox: `0 0 ${WIDTH} ${y + 6}`, role: 'img', 'aria-label': `Packets between ${ladder.places.map(place => place.title).join(', ')}` });
  picture.append(...uprights(ladder, xs, y), ...parts);
  return picture;
}

// Rungs and the moments between them, in the order of time.
function rowsOf(ladder) {
  const moments = [[ladder.firstByte, 'both can talk'], [ladder.direct, 'both have a direct path']]
    .filter(([at]) => at !== undefined && at !== null).map(([at, text]) => ({ moment: text, at }));
  return [...ladder.rungs, ...moments].map((row, index) => [row, index]).sort(([a, i], [b, j]) => a.at - b.at || i - j).map(([row]) => row);
}

function uprights(ladder, xs, bottom) {
  return ladder.places.flatMap((place, index) => {
    const name = svg('text', { class: 'place', x: xs[index], y: 14 });
    name.append(...lines(place.title, place.role === 'box' ? 22 : 14).map((text, row) => svg('tspan', { x: xs[index], dy: row ? 14 : 0 }, text)));
    return [name, svg('line', { class: `upright ${place.role}`, x1: xs[index], x2: xs[index], y1: 34, y2: bottom })];
  });
}

// At most two lines, cut where a third would begin.
function lines(text, width) {
  const result = [''];
  for (const word of text.split(' ')) {
    const at = result.length - 1;
    if (!result[at] || result[at].length + word.length < width) result[at] = `${result[at]} ${word}`.trim();
    else result.push(word);
  }
  return result.length > 2 ? [result[0], `${result[1]} …`] : result;
}

function rung(row, y, xs, ladder) {
  const kind = KINDS[row.kind];
  const [from, to] = [xs[row.from], xs[row.to]];
  const way = Math.sign(to - from) || 1;
  const stop = row.from === row.to ? from + 26 * way : row.dropped ? to - 6 * way : to - 3 * way;
  const parts = [svg('title', {}, sentence(row, ladder)), svg('line', { x1: from, x2: stop, y1: y, y2: y }), svg('circle', { cx: from, cy: y, r: 2.5 })];
  ladder.places.forEach((place, index) => {
    if (place.role === 'box' && (xs[index] - from) * way > 0 && (to - xs[index]) * way > 0) parts.push(svg('circle', { cx: xs[index], cy: y, r: 2.5 }));
  });
  if (row.dropped) parts.push(svg('path', { class: 'lost', d: `M${stop - 4} ${y - 4}l8 8m0 -8l-8 8` }));
  else parts.push(svg('path', { class: 'head', d: `M${stop + 3 * way} ${y}l${-8 * way} -3.5v7z` }));
  parts.push(label(row, y, xs, kind, ladder));
  if (row.dropped) parts.push(why(row, y, xs, stop, way));
  const group = svg('g', { class: `rung ${kind.look}` });
  group.append(...parts);
  return group;
}

function label(row, y, xs, kind, ladder) {
  const middle = (xs[row.from] + xs[row.to]) / 2;
  const whither = Math.abs(row.to - row.from) > 1 && !kind.name.includes('relay') && row.kind !== 'Signal' ? ` → ${ladder.endpoints[row.destination]}` : '';
  const place = row.from === row.to ? { x: xs[row.from] + 32, 'text-anchor': 'start', y: y + 4 } : { x: middle, 'text-anchor': 'middle', y: y - 3.5 };
  return svg('text', place, `${kind.name}${whither}${row.repeats ? `  ×${row.repeats + 1}` : ''}`);
}

// Why it went no further, beyond its end where there is room, else before it.
function why(row, y, xs, stop, way) {
  const text = DROPS[row.dropped];
  const beyond = way > 0 ? WIDTH - stop - 12 : stop - LEFT;
  const isRoom = beyond > text.length * 5.4;
  return svg('text', { class: 'why', x: stop + (isRoom ? 9 : -9) * way, y: y + (isRoom ? 4 : 11), 'text-anchor': (way > 0) === isRoom ? 'start' : 'end' }, text);
}

function moment(row, y) {
  const group = svg('g', { class: 'moment' });
  group.append(svg('line', { x1: LEFT, x2: WIDTH, y1: y, y2: y }), svg('text', { x: (LEFT + WIDTH) / 2, y: y + 4 }, row.moment));
  return group;
}

function gap(y, span) {
  const group = svg('g');
  group.append(svg('line', { class: 'gap', x1: LEFT, x2: WIDTH, y1: y, y2: y }), svg('text', { class: 'time', x: LEFT - 8, y: y + 4 }, `… ${time(span)}`));
  return group;
}

function sentence(row, ladder) {
  const [source, seen, destination] = [row.source, row.seenAs, row.destination].map(index => ladder.endpoints[index]);
  return `${KINDS[row.kind].name} at ${clock(row.at)}, ${number(row.took)} ms on its way: from ${source}${seen ? `, seen as ${seen},` : ''} to ${destination}; `
    + `${row.dropped ? `ended at ${ladder.places[row.to].title}: ${DROPS[row.dropped]}` : `reached ${ladder.places[row.to].title}`}`
    + `${row.repeats ? `; ${many(row.repeats, 'more packet')} like it followed` : ''}`;
}

const clock = ms => ms < 10000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;

function svg(name, attributes, text) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}
