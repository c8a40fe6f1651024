import { describe, expect, it } from 'vitest'
import { type RunRow } from '../api/types'
import { flatLines, groupKey, groupLines, positionOf, treeLines, type TableItem } from './lines'
import type { Group } from './view'

const run = (id: string): RunRow => ({
  run_id: id,
  experiment_id: '1',
  run_name: id,
  status: 'FINISHED',
  start_time: 0,
  lifecycle_stage: 'active',
})
const group = (value: string, ...runs: string[]): Group => ({ value, runs: runs.map(run), spread: new Map() })
const shown = (lines: (TableItem | undefined)[]) =>
  lines.map((line) => (!line ? '?' : line.kind === 'group' ? line.group.value : `${line.depth}${line.run.run_id}`))

const a = group('a', 'r1', 'r2')
const b = group('b', 'r3')

describe('lines', () => {
  it('keeps a place for runs that are not loaded', () =>
    expect(shown(flatLines([run('r1'), undefined]))).toEqual(['0r1', '?']))
  it('lists the runs of open groups only', () =>
    expect(shown(groupLines([a, b], new Set([groupKey(b)])))).toEqual(['a', 'b', '1r3']))
  it('lists nested runs below open parents, to any depth', () => {
    const children = new Map([
      ['p', [run('c')]],
      ['c', [run('d')]],
    ])
    const lines = treeLines([run('p'), undefined, run('q')], new Set(['p', 'c']), new Map([['p', 7]]), children)
    expect(shown(lines)).toEqual(['0p', '1c', '2d', '?', '0q'])
    expect(lines[0]).toMatchObject({ children: 7, open: true })
  })
  it('shows an open parent before its children are loaded', () =>
    expect(shown(treeLines([run('p')], new Set(['p']), undefined, new Map()))).toEqual(['0p']))
})

describe('positionOf', () => {
  it('does not count nested runs', () => {
    const children = new Map([['p', [run('c'), run('d')]]])
    const lines = treeLines([run('p'), undefined, run('q')], new Set(['p']), undefined, children)
    expect([0, 1, 2, 3, 4, 99].map((index) => positionOf(lines, index))).toEqual([0, 1, 1, 1, 2, 3])
  })
})
