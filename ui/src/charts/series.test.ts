import { describe, expect, it } from 'vitest'
import { type RunRow } from '../api/types'
import { band, boundsOf, nearest, seriesOf, smooth, type Series } from './series'

const line = (id: string, x: number[], y: number[]): Series => ({ id, label: id, colour: '#000', x, y })

describe('smooth', () => {
  it('returns the values for a weight of 0', () => expect(smooth([1, 5], 0)).toEqual([1, 5]))
  it('does not pull the first value towards zero', () =>
    expect(smooth([4, 4, 4], 0.9).map((v) => v.toFixed(6))).toEqual(['4.000000', '4.000000', '4.000000']))
  it('skips NaN', () => {
    const [first, missing, last] = smooth([2, NaN, 2], 0.5)
    expect([first, last]).toEqual([2, 2])
    expect(missing).toBeNaN()
  })
  it('averages', () => expect(smooth([0, 3], 0.5)[1]).toBeCloseTo(2))
})

describe('nearest', () => {
  it.each([
    [[], 1, -1],
    [[0, 10, 20], -5, 0],
    [[0, 10, 20], 14, 1],
    [[0, 10, 20], 16, 2],
    [[0, 10, 20], 99, 2],
  ])('of %j to %d is at %d', (x, at, index) => expect(nearest(x, at)).toBe(index))
})

describe('band', () => {
  it('has the mean and the deviation of its lines', () => {
    const found = band('b', 'b', '#000', [line('1', [0, 1], [1, 1]), line('2', [0, 1], [3, 3])])!
    expect(found.x).toEqual([0, 1])
    expect(found.y).toEqual([2, 2])
    expect(found.high![0]! - found.y[0]!).toBeCloseTo(Math.SQRT2)
  })
  it('interpolates lines with fewer points', () => {
    const found = band('b', 'b', '#000', [line('1', [0, 2], [0, 2]), line('2', [0, 1, 2], [0, 1, 2])])!
    expect(found.y[1]).toBeCloseTo(1)
  })
  it('counts only the lines that reach a place', () => {
    const found = band('b', 'b', '#000', [line('1', [0, 1], [5, 5]), line('2', [0, 1, 2], [7, 7, 7])])!
    expect(found.y[2]).toBe(7)
  })
  it('is null without points', () => expect(band('b', 'b', '#000', [line('1', [], [])])).toBeNull())
})

describe('boundsOf', () => {
  const series = [line('1', [0, 10], [1, 100])]
  it('covers all values with some room', () =>
    expect(boundsOf(series, null)).toEqual({ x: [0, 10], y: [expect.closeTo(-2.96), expect.closeTo(103.96)] }))
  it('covers the values of a range only', () => expect(boundsOf(series, [5, 10])!.y[0]).toBe(100))
  it('is null without values', () => expect(boundsOf([], null)).toBeNull())
})

describe('seriesOf', () => {
  const run = { run_id: 'a', run_name: 'net' } as RunRow
  const looks = { colour: () => '#123' } as unknown as Parameters<typeof seriesOf>[2]
  const curve = (run_id: string, key: string) => ({ run_id, key, points: 1, x: [0], y: [1] })
  it('distinguishes metrics by dashes and names them if asked', () => {
    const all = seriesOf([curve('a', 'loss'), curve('a', 'acc'), curve('gone', 'loss')], [run], looks, true)
    expect(all.map((s) => [s.id, s.label, s.dash])).toEqual([
      ['a loss', 'net loss', undefined],
      ['a acc', 'net acc', [6, 3]],
    ])
  })
})
