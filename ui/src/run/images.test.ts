import { expect, it } from 'vitest'
import { imageAt, seriesOfImages } from './images'

const step = (key: string, n: number, end = '.png', sign = '+') =>
  `images/${key}${sign}step${sign}${n}${sign}timestamp${sign}${n * 10}${sign}0f8fad5b-d9cb${end}`

it('groups images by key and orders them by step', () => {
  const { series, others } = seriesOfImages([
    step('loss', 10),
    step('loss', 2),
    'plots/a.png',
    step('a#b', 1, '.png', '%'),
  ])
  expect(series.map((one) => [one.key, one.steps.map((s) => s.step)])).toEqual([
    ['a/b', [1]],
    ['loss', [2, 10]],
  ])
  expect(others).toEqual(['plots/a.png'])
})
it('prefers the full image to its compressed copy', () => {
  const paths = [step('x', 1, '+compressed.webp'), step('x', 1), step('x', 1, '+compressed.webp')]
  expect(seriesOfImages(paths).series[0]!.steps.map((s) => s.path)).toEqual([step('x', 1)])
})
it('finds the newest image at a step', () => {
  const series = seriesOfImages([step('x', 0), step('x', 200)]).series[0]
  expect(imageAt(series, 199)?.step).toBe(0)
  expect(imageAt(series, 200)?.step).toBe(200)
  expect(imageAt(series, -1)).toBeUndefined()
})
