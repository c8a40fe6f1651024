import { expect, it } from 'vitest'
import { type RunRow } from '../api/types'
import { runsCsv } from './runsCsv'
import { layoutOf } from './view'

it('has a row for each run, with the columns by their names', () => {
  const columns = ['a:status', 'a:start_time', 'm:loss', 'p:lr']
  const runs: RunRow[] = [
    {
      run_id: 'r1',
      experiment_id: '1',
      run_name: 'net',
      status: 'FINISHED',
      start_time: 0,
      lifecycle_stage: 'active',
      metrics: [0.5],
      params: [null],
    },
  ]
  expect(runsCsv(runs, columns, layoutOf(columns), (key) => `<${key}>`)).toEqual([
    ['run_id', 'run_name', '<status>', '<started>', 'loss', 'lr'],
    ['r1', 'net', 'FINISHED', '1970-01-01T00:00:00.000Z', 0.5, null],
  ])
})
