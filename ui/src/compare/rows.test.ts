import { expect, it } from 'vitest'
import { type RunRow } from '../api/types'
import { layoutOf } from '../runs/view'
import { bounds, compareRows } from './rows'

const run = (metrics: (number | null)[], params: (string | null)[]) => ({ metrics, params }) as RunRow

it('compares the values of runs and leaves out columns without any', () => {
  const columns = ['m:loss', 'm:none', 'p:lr']
  const rows = compareRows(columns, [run([1, null], ['a']), run([2, null], ['a'])], layoutOf(columns))
  expect(rows).toEqual([
    { column: 'm:loss', values: [1, 2], differs: true },
    { column: 'p:lr', values: ['a', 'a'], differs: false },
  ])
})
it('counts a missing value as a difference', () =>
  expect(compareRows(['p:lr'], [run([], ['a']), run([], [null])], layoutOf(['p:lr']))[0]!.differs).toBe(true))
it('bounds finite numbers only', () => {
  expect(bounds([3, NaN, -1, null, 'x', Infinity])).toEqual([-1, 3])
  expect(bounds([3, null])).toBeNull()
})
