// What many pairs have alike stands once in the tables, and where it belongs its row there: this puts it back.
function filled({ tables, ...grid }) {
  const rows = (list, table) => list.map(row => tables[table][row]);
  const report = told => ({
    ...told,
    attempts: rows(told.attempts, 'attempts'),
    steps: rows(told.steps, 'steps'),
    reasons: rows(told.reasons, 'reasons'),
    prediction: tables.predictions[told.prediction],
    localNat: tables.nats[told.localNat],
    remoteNat: tables.nats[told.remoteNat],
  });
  const ladder = seen => ({ ...seen, places: rows(seen.places, 'places'), endpoints: rows(seen.endpoints, 'endpoints'), rungs: rows(seen.rungs, 'rungs') });
  const reported = whole => whole.report ? { ...whole, report: report(whole.report) } : whole;
  return {
    ...grid,
    pairs: grid.pairs.map(pair => reported({
      ...pair,
      forecast: tables.forecasts[pair.forecast],
      ladder: ladder(pair.ladder),
      ...pair.meetings && { meetings: pair.meetings.map(reported) },
    })),
  };
}
