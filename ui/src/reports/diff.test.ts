import { describe, expect, it } from 'vitest'
import { diff } from './diff'

const lines = (before: string, after: string) => diff(before, after).map(({ kind, text }) => `${kind} ${text}`)

describe('diff', () => {
  it('keeps the longest common sequence of lines', () =>
    expect(lines('a\nb\nc\nd', 'a\nc\nx\nd')).toEqual(['same a', 'del b', 'same c', 'ins x', 'same d']))
  it('marks the part of a line that differs', () => {
    const [del, ins] = diff('accuracy 0.91 reached', 'accuracy 0.95 reached')
    expect(del!.text.slice(del!.from, del!.to)).toBe('1')
    expect(ins!.text.slice(ins!.from, ins!.to)).toBe('5')
  })
  it('does not mark lines that have nothing in common', () =>
    expect(diff('alpha beta', 'xyz')[0]).toEqual({ kind: 'del', text: 'alpha beta' }))
  it('restores both texts', () => {
    const before = 'x\ny\nz\nx\ny'
    const after = 'y\nx\nq\ny\ny'
    const all = diff(before, after)
    expect(
      all
        .filter((l) => l.kind !== 'ins')
        .map((l) => l.text)
        .join('\n'),
    ).toBe(before)
    expect(
      all
        .filter((l) => l.kind !== 'del')
        .map((l) => l.text)
        .join('\n'),
    ).toBe(after)
  })
  it('compares large texts without a table of all pairs', () => {
    const many = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word} ${i}`).join('\n')
    expect(diff(many('old'), many('new'))).toHaveLength(6000)
  })
})
