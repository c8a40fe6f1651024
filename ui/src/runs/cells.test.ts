import { describe, expect, it } from 'vitest'
import { cellLayouts, CHECK_WIDTH, totalWidth } from './cells'

describe('cellLayouts', () => {
  const cells = cellLayouts(['m:loss', 'a:duration', 'p:lr'], ['p:lr', 'p:gone'], { 'm:loss': 200 }, false)
  it('puts the name first, then pinned columns', () =>
    expect(cells.map((cell) => cell.column)).toEqual(['a:name', 'p:lr', 'm:loss', 'a:duration']))
  it('places pinned columns one after the other and marks the last one', () => {
    expect(cells[0]!.style.left).toBe(CHECK_WIDTH)
    expect(cells[1]!.style.left).toBe(CHECK_WIDTH + 230)
    expect(cells[2]!.style.left).toBeUndefined()
    expect(cells.map((cell) => cell.className)).toEqual(['td pinned', 'td pinned edge', 'td right', 'td right'])
  })
  it('uses the width that was set', () => expect(cells[2]!.style.width).toBe(200))
  it('gives metrics of groups room for a mean and a deviation', () =>
    expect(cellLayouts(['m:a'], [], {}, true)[1]!.style.width).toBe(126))
  it('sums the widths', () => expect(totalWidth(cellLayouts([], [], {}, false))).toBe(CHECK_WIDTH + 230))
})
