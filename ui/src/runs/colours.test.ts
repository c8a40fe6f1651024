import { expect, it } from 'vitest'
import { PALETTE } from './colours'

/** The contrast ratio of WCAG 2. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [r, g, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    }) as [number, number, number]
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue
  }
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

it.each(PALETTE)('%s is visible on light and on dark background', (colour) => {
  expect(contrast(colour, '#ffffff')).toBeGreaterThan(2.9)
  expect(contrast(colour, '#1a1e25')).toBeGreaterThan(2.9)
})
