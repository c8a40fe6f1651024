/** The space around the plot area, in pixels. */

import { type ChartColours } from './chartColours'
import type { Surface } from './surface'

export const PAD = { left: 54, right: 12, top: 10, bottom: 26 }
/** Draws the frame of a chart: grid, ticks and names of the axes. */
export function frame(
  s: Surface,
  width: number,
  height: number,
  ink: ChartColours,
  x: { ticks: { at: number; label: string }[] },
  y: { ticks: { at: number; label: string }[] },
  names: { x?: string; y?: string } = {},
) {
  const bottom = height - PAD.bottom
  for (const tick of y.ticks) {
    s.rect(PAD.left, Math.round(tick.at), width - PAD.left - PAD.right, 1, { colour: ink.line })
    s.text(PAD.left - 7, tick.at + 3.5, tick.label, { colour: ink.soft, align: 'end', size: 10.5 })
  }
  s.rect(PAD.left, bottom, width - PAD.left - PAD.right, 1, { colour: ink.soft, alpha: 0.4 })
  let last = -Infinity
  for (const tick of x.ticks) {
    const half = tick.label.length * 3
    if (tick.at - half < last + 8) continue
    last = tick.at + half
    s.text(tick.at, bottom + 15, tick.label, {
      colour: ink.soft,
      align: tick.at > width - PAD.right - half ? 'end' : 'middle',
      size: 10.5,
    })
  }
  if (names.x) s.text(width - PAD.right, bottom - 5, names.x, { colour: ink.soft, align: 'end', size: 10.5 })
  if (names.y) s.text(PAD.left + 4, PAD.top + 9, names.y, { colour: ink.soft, size: 10.5 })
}
