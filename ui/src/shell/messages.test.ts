import { describe, expect, it } from 'vitest'
import { messages, translate, type Key } from './messages'

describe('translate', () => {
  it('chooses between singular and plural', () => {
    expect(translate('en', 'deleteRuns', { n: 1 })).toBe('Delete 1 run?')
    expect(translate('en', 'deleteRuns', { n: 3 })).toBe('Delete 3 runs?')
    expect(translate('en', 'runsCount', { n: 0 })).toBe('0 runs')
    expect(translate('ja', 'deleteRuns', { n: 1 })).toBe('1 件のランを削除しますか？')
  })
  it('groups the digits of numbers', () => expect(translate('en', 'runsCount', { n: 12345 })).toBe('12,345 runs'))
  it('fills in values as they are', () =>
    expect(translate('en', 'deleteReport', { title: '$& {n}' })).toBe('Delete report “$& {n}” and all its versions?'))
})

describe('messages', () => {
  const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
  it.each(Object.keys(messages) as Key[])('%s has the same values in both languages', (key) => {
    const [english, japanese]: [string | [string, string], string] = messages[key]
    for (const text of typeof english === 'string' ? [english] : english)
      expect(placeholders(text)).toEqual(placeholders(japanese))
  })
})
