import { describe, expect, it } from 'vitest'
import { blockOf, fieldsOfBlock, runsWithinLimits, suggestedColumns } from './blockFields'
import type { Block } from './blocks'

describe('a block', () => {
  it.each<Block>([
    { show: 'table', experiment: '3', n: 5, columns: ['m:loss'] },
    {
      show: 'table',
      experiment: '3',
      filter: 'metrics.loss < 1',
      sort: '-m:loss',
      n: 10,
      columns: ['a:status', 'p:lr'],
    },
    {
      show: 'chart',
      experiment: '3',
      n: 20,
      card: { id: 'c', type: 'line', metrics: ['loss'], w: 6 },
      axis: 'TIME',
      group: 'p:lr',
    },
    { show: 'chart', experiment: '3', n: 7, card: { id: 'c', type: 'bar', metric: 'm:loss', w: 12 } },
  ])('is what its fields describe: %j', (block) => {
    const fields = fieldsOfBlock(block.show, block, '9')
    expect(blockOf(block.show, fields, fields.experiment, fields.columns ?? [])).toEqual(block)
  })

  it('has the full width unless another one is chosen', () => {
    const block: Block = { show: 'chart', experiment: '3', card: { id: 'c', type: 'bar', metric: 'm:loss' } }
    expect(blockOf('chart', fieldsOfBlock('chart', block, undefined), '3', [])).toEqual({
      show: 'chart',
      experiment: '3',
      n: 20,
      card: { id: 'c', type: 'bar', metric: 'm:loss', w: 12 },
    })
  })

  it('is not complete without an experiment, columns or a chart', () => {
    const fields = fieldsOfBlock('table', undefined, undefined)
    expect(fields).toMatchObject({ experiment: undefined, n: 10, card: null, axis: 'STEP' })
    expect(blockOf('table', fields, undefined, ['m:loss'])).toBeNull()
    expect(blockOf('table', fields, '3', [])).toBeNull()
    expect(blockOf('chart', fields, '3', [])).toBeNull()
  })
})

it('limits the number of runs', () => {
  expect([0, 2.6, 5000, NaN].map((n) => runsWithinLimits(n, 'table'))).toEqual([1, 3, 200, 1])
  expect(runsWithinLimits(5000, 'chart')).toBe(1000)
})

it('suggests columns without the start time', () =>
  expect(suggestedColumns({ metrics: [{ key: 'loss' }], params: ['lr'], tags: [] })).toEqual([
    'a:status',
    'a:duration',
    'm:loss',
    'p:lr',
  ]))
