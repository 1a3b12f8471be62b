// Other products' published schedules, played between the same boxes: a way to colour the cells for each, and a table for each pair.
const PRODUCTS = { frp: 'frp', easytier: 'EasyTier', hyperdht: 'HyperDHT' };

const productsOf = grid => (grid.pairs[0].comparisons ?? []).map(comparison => comparison.product);
const productTitle = product => PRODUCTS[product] ?? product;
const shareDirect = comparison => 100 * comparison.direct / comparison.worlds;

function scheduleModes(grid) {
  return productsOf(grid).map(product => ({
    id: product,
    name: productTitle(product),
    of: pair => shareDirect(pair.comparisons.find(comparison => comparison.product === product)),
    write: share => `${number(share)} %`,
    short: share => String(Math.round(share)),
    unit: `worlds in which ${productTitle(product)}’s schedule gets a direct path`,
  }));
}

// A line for each product, for the small figures of a pair.
function scheduleLines(pair) {
  return (pair.comparisons ?? []).map(comparison => [productTitle(comparison.product), scheduleWords(comparison)]);
}

function scheduleWords(comparison) {
  if (!comparison.direct) return `no direct path (${many(comparison.portsProbed.p50, 'port')} probed)`;
  const share = comparison.direct === comparison.worlds ? '' : ` in ${number(shareDirect(comparison))} %`;
  return `direct${share} after ${time(comparison.time.p50)}, ${many(comparison.portsProbed.p50, 'port')} probed`;
}

// The story of a pair goes on: what the others would have done, and what it would have cost.
function scheduleTable(pair) {
  if (!pair.comparisons) return [];
  const head = make('tr', '', ...['product', 'direct', 'after', 'ports probed', 'sockets', 'packets', 'guards that would alarm'].map((name, index) => make('th', index > 0 && index < 6 ? 'right' : '', name)));
  const rows = pair.comparisons.map(comparison => make('tr', '',
    make('td', '', make('b', '', productTitle(comparison.product)), make('div', 'note', comparison.method)),
    make('td', 'right', `${number(shareDirect(comparison))} %`),
    make('td', 'right', figure(comparison.time, time)),
    make('td', 'right', figure(comparison.portsProbed, number)),
    make('td', 'right', figure(comparison.sockets, number)),
    make('td', 'right', figure(comparison.packets, number)),
    make('td', '', watchWords(comparison))));
  return [
    make('h2', '', 'What other products would do here'),
    make('p', 'note', 'Their published schedules, played between the same boxes by programs of the laboratory; a path counts from the first completed round trip. All guards of the catalogue watch at both homes.'),
    make('div', 'wrap', make('table', 'plain', make('thead', '', head), make('tbody', '', ...rows))),
  ];
}

function watchWords(comparison) {
  const words = comparison.alarms.map(watch => `${watch.guard} (${watch.side}${watch.worlds === comparison.worlds ? '' : `, ${number(100 * watch.worlds / comparison.worlds)} %`})`);
  return words.length ? words.join(', ') : 'none';
}
