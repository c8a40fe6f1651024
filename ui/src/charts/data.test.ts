import { describe, expect, it } from 'vitest'
import { type RunRow } from '../api/types'
import { layoutOf } from '../runs/view'
import { dimension, importance } from './data'

const layout = layoutOf(['m:loss', 'p:lr', 'p:model'])
const runs = (rows: [number | null, string | null, string | null][]): RunRow[] =>
  rows.map(([loss, lr, model], i) => ({
    run_id: `r${i}`,
    experiment_id: '1',
    run_name: `r${i}`,
    status: 'FINISHED',
    start_time: 0,
    lifecycle_stage: 'active',
    metrics: [loss],
    params: [lr, model],
  }))

describe('dimension', () => {
  const some = runs([
    [1, '0.001', 'b'],
    [null, '0.1', 'a'],
    [3, '1', 'b'],
  ])
  it('reads numbers from parameters and chooses a logarithmic axis for wide ranges', () => {
    const d = dimension('p:lr', some, layout)
    expect(d.values).toEqual([0.001, 0.1, 1])
    expect(d.log).toBe(true)
  })
  it('orders texts on an axis of categories', () => {
    const d = dimension('p:model', some, layout)
    expect(d.categories).toEqual(['a', 'b'])
    expect(d.values).toEqual([1, 0, 1])
  })
  it('has NaN where a run has no value', () => expect(dimension('m:loss', some, layout).values[1]).toBeNaN())
})

describe('importance', () => {
  const of = (rows: [number, string, string][], column: string) => {
    const all = runs(rows)
    return importance(dimension(column, all, layout), dimension('m:loss', all, layout))
  }
  const rows = Array.from({ length: 40 }, (_, i): [number, string, string] => [
    (i % 2) + (i % 5) * 0.001,
    String(i % 2),
    String.fromCharCode(97 + (i % 4 < 2 ? 0 : 1)),
  ])
  it('is near 1 for the parameter that determines the metric', () => expect(of(rows, 'p:lr')).toBeGreaterThan(0.95))
  it('is near 0 for a parameter without influence', () => expect(of(rows, 'p:model')).toBeLessThan(0.1))
  it('is 0 for fewer than four runs', () => expect(of(rows.slice(0, 3), 'p:lr')).toBe(0))
})
