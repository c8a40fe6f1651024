import { type Keys, type RunRow } from '../api/types'
import { valueOf, type Layout } from '../runs/view'
import type { Card } from './cards'

/** Returns the charts that are shown until the user arranges others. */
export function suggestCards(keys: Keys, runs: RunRow[], layout: Layout): Card[] {
  const metrics = keys.metrics.filter((m) => !m.key.startsWith('system/')).slice(0, 12)
  const w = metrics.length === 1 ? 12 : metrics.length === 2 || metrics.length === 4 ? 6 : 4
  const cards: Card[] = metrics.map((m) => ({ id: `line ${m.key}`, type: 'line', metrics: [m.key], w }))
  const varied = keys.params
    .filter((p) => new Set(runs.map((run) => valueOf(run, `p:${p}`, layout))).size > 1)
    .slice(0, 6)
  if (varied.length > 1 && metrics[0]) {
    const first = metrics.find((m) => /acc|auc|f1|score/i.test(m.key)) ?? metrics[0]
    cards.push({
      id: 'parallel',
      type: 'parallel',
      axes: [...varied.map((p) => `p:${p}`), `m:${first.key}`],
      colour: `m:${first.key}`,
      w: 12,
    })
    cards.push({ id: 'importance', type: 'importance', metric: `m:${first.key}`, w: 6 })
    cards.push({ id: 'scatter', type: 'scatter', x: `p:${varied[0]!}`, y: `m:${first.key}`, w: 6 })
  }
  return cards
}
