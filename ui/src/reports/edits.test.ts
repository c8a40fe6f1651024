import { describe, expect, it } from 'vitest'
import { insertParagraph, replaceFence, surround } from './edits'

describe('insertParagraph', () => {
  it('separates the paragraph by blank lines', () =>
    expect(insertParagraph('one\n\n  two', 4, 'X')).toEqual({ content: 'one\n\nX\n\ntwo', from: 7, to: 7 }))
  it('starts an empty text', () => expect(insertParagraph('', 0, 'X').content).toBe('X\n'))
})

describe('surround', () => {
  it('marks the selection and keeps it selected', () =>
    expect(surround('a bc d', 2, 4, '**', '**')).toEqual({ content: 'a **bc** d', from: 4, to: 6 }))
  it('marks the start of the line', () =>
    expect(surround('one\ntwo', 6, 6, '## ', '')).toEqual({ content: 'one\n## two', from: 9, to: 9 }))
  it('marks the first line', () => expect(surround('one', 0, 0, '- ', '').content).toBe('- one'))
})

describe('replaceFence', () => {
  const text = '```\na\n```\nx\n```\nb\n```'
  it('replaces the block of a number', () => expect(replaceFence(text, 1, 'Y')).toBe('```\na\n```\nx\nY'))
  it('leaves the text alone if there is no such block', () => expect(replaceFence(text, 2, 'Y')).toBe(text))
})
