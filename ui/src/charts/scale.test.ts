import { describe, expect, it } from 'vitest'
import { extent, heat, roomy, scale } from './scale'

describe('scale', () => {
  it('maps values to pixels and back', () => {
    const s = scale(0, 10, 100, 200)
    expect(s.to(5)).toBe(150)
    expect(s.from(150)).toBe(5)
  })
  it('maps logarithmically and has no place for what is not positive', () => {
    const s = scale(1, 1000, 0, 300, { log: true })
    expect(s.to(10)).toBeCloseTo(100)
    expect(s.from(200)).toBeCloseTo(100)
    expect(s.to(0)).toBeNaN()
    expect(s.ticks.map((tick) => tick.label)).toEqual(['1', '10', '100', '1,000'])
  })
  it('places ticks on round numbers', () =>
    expect(scale(0, 0.98, 0, 350).ticks.map((tick) => tick.label)).toEqual(['0', '0.2', '0.4', '0.6', '0.8']))
  it('gives equal values some room', () => {
    const s = scale(3, 3, 0, 100)
    expect(s.to(3)).toBeCloseTo(50)
  })
  it('labels durations with their unit', () =>
    expect(scale(0, 120_000, 0, 280, { time: 'RELATIVE' }).ticks.map((tick) => tick.label)).toEqual([
      '0 s',
      '30 s',
      '1:00',
      '1:30',
      '2:00',
    ]))
})

describe('extent', () => {
  it('ignores what is not finite', () => expect(extent([NaN, 3, Infinity, -2, 1.797e308])).toEqual([-2, 3]))
  it('ignores what is not positive for logarithms', () => expect(extent([-1, 0, 5, 7], true)).toEqual([5, 7]))
  it('is null without values', () => expect(extent([NaN])).toBeNull())
  it('is widened by roomy', () => {
    expect(roomy([0, 100])).toEqual([-4, 104])
    expect(roomy([11, 10], true)).toEqual([10, 11])
  })
})

describe('heat', () => {
  it('runs from the first to the last colour and stays within them', () => {
    expect(heat(-1, false)).toBe(heat(0, false))
    expect(heat(2, true)).toBe(heat(1, true))
    expect(heat(0, false)).not.toBe(heat(1, false))
  })
})
