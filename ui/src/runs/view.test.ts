import { describe, expect, it } from 'vitest'
import { type Keys, type RunRow } from '../api/types'
import {
  allColumns,
  and,
  defaultColumns,
  differingColumns,
  filterOf,
  groupsOf,
  layoutOf,
  orderOf,
  plain,
  rowsRequest,
  sortable,
  valueOf,
} from './view'

const keys: Keys = {
  metrics: [{ key: 'loss' }, { key: 'system/cpu' }],
  params: ['lr'],
  tags: ['team', 'mlflow.user'],
}

const run = (id: string, more: Partial<RunRow> = {}): RunRow => ({
  run_id: id,
  experiment_id: '1',
  run_name: id,
  status: 'FINISHED',
  start_time: 1000,
  end_time: 4000,
  lifecycle_stage: 'active',
  ...more,
})

describe('columns', () => {
  it('suggests metrics without system metrics, then parameters', () =>
    expect(defaultColumns(keys)).toEqual(['a:status', 'a:start_time', 'a:duration', 'm:loss', 'p:lr']))
  it('offers everything except the tags of MLflow', () => {
    expect(allColumns(keys)).toContain('m:system/cpu')
    expect(allColumns(keys)).toContain('t:team')
    expect(allColumns(keys)).not.toContain('t:mlflow.user')
  })
  it('can be sorted by what the server can order', () => {
    expect(sortable('a:duration')).toBe(false)
    expect(sortable('a:status')).toBe(true)
    expect(sortable('m:loss')).toBe(true)
  })
})

describe('layoutOf and valueOf', () => {
  const layout = layoutOf(['m:loss', 'm:acc', 'p:lr', 't:team'], { 'm:acc': 'max' })
  const row = run('a', {
    metrics: [0.5],
    least: [0.1],
    greatest: [0.9],
    params: ['0.01'],
    tags: [null, 'train.py', 'vision'],
  })
  it('requests extremes apart from latest values', () => {
    expect(layout.metrics).toEqual(['loss'])
    expect(layout.extremes).toEqual(['acc'])
  })
  it.each([
    ['m:loss', 0.5],
    ['m:acc', 0.9],
    ['p:lr', '0.01'],
    ['t:team', 'vision'],
    ['a:source', 'train.py'],
    ['a:duration', 3000],
    ['a:user', null],
    ['a:run_id', 'a'],
    ['m:unknown', null],
  ])('reads %s', (column, value) => expect(valueOf(row, column, layout)).toBe(value))
  it('has no duration for a run that neither ended nor runs', () =>
    expect(valueOf(run('a', { end_time: undefined, status: 'SCHEDULED' }), 'a:duration', layout)).toBeNull())
})

describe('orderOf', () => {
  it.each([
    [undefined, []],
    ['-m:loss', ['metrics.`loss` DESC']],
    ['p:lr', ['params.`lr` ASC']],
    ['a:user', ['attributes.user_id ASC']],
    ['a:duration', []],
  ])('translates %s', (sort, order) => expect(orderOf(sort)).toEqual(order))
  it('orders by the value that the column shows', () =>
    expect(orderOf('m:loss', { 'm:loss': 'min' })).toEqual(['least.`loss` ASC']))
})

describe('filterOf', () => {
  it('searches run names for plain words', () =>
    expect(filterOf(' net 5 ')).toBe("attributes.run_name ILIKE '%net 5%'"))
  it.each(['metrics.loss < 1', "params.a LIKE 'x'", 'tags.a IS NULL'])('passes %s on', (text) =>
    expect(filterOf(text)).toBe(text),
  )
  it('is empty for blanks', () => expect(filterOf('  ')).toBe(''))
  it('joins conditions that are not empty', () => expect(and('a = 1', '', 'b = 2')).toBe('a = 1 AND b = 2'))
})

describe('groupsOf', () => {
  it('computes mean and standard deviation per group', () => {
    const layout = layoutOf(['m:loss', 'p:lr'])
    const runs = [
      run('a', { metrics: [1], params: ['x'] }),
      run('b', { metrics: [3], params: ['x'] }),
      run('c', { metrics: [NaN], params: [null] }),
    ]
    const groups = groupsOf(runs, 'p:lr', ['m:loss'], layout)
    expect(groups.map((group) => [group.value, group.runs.length])).toEqual([
      ['x', 2],
      ['—', 1],
    ])
    expect(groups[0]!.spread.get('m:loss')).toEqual({ mean: 2, deviation: Math.SQRT2, n: 2 })
    expect(groups[1]!.spread.size).toBe(0)
  })
})

describe('plain', () => {
  it('writes times in ISO 8601 and durations in seconds', () => {
    expect(plain(0, 'a:start_time')).toBe('1970-01-01T00:00:00.000Z')
    expect(plain(1500, 'a:duration')).toBe(1.5)
    expect(plain(0.25, 'm:loss')).toBe(0.25)
  })
})

describe('differingColumns', () => {
  const columns = ['a:status', 't:team', 'm:loss', 'p:lr', 'p:seed']
  const layout = layoutOf(columns)
  const runs = [run('a', { metrics: [1], params: ['0.1', '42'] }), run('b', { metrics: [null], params: ['0.2', '42'] })]
  it('keeps what differs, and the chosen attributes and tags', () =>
    expect(differingColumns(columns, ['a:status', 'm:loss'], runs, layout)).toEqual(['a:status', 'p:lr']))
})

describe('rowsRequest', () => {
  const layout = layoutOf(['m:loss', 'p:lr'], { 'm:acc': 'max' })
  it('requests the columns in the order of the page', () =>
    expect(rowsRequest('3', { filter: '', tree: false, sort: '-m:loss' }, {}, layout)).toEqual({
      experiment_ids: ['3'],
      filter: '',
      run_view_type: 'ACTIVE_ONLY',
      order_by: ['metrics.`loss` DESC'],
      metrics: ['loss'],
      extremes: [],
      params: ['lr'],
      tags: ['mlflow.parentRunId', 'mlflow.source.name'],
    }))
  it('leaves out nested runs that are shown below their parents', () =>
    expect(rowsRequest('3', { filter: 'metrics.loss < 1', tree: true, deleted: true }, {}, layout)).toMatchObject({
      filter: 'metrics.loss < 1 AND tags.`mlflow.parentRunId` IS NULL',
      run_view_type: 'DELETED_ONLY',
      order_by: [],
    }))
})
