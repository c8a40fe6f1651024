import { describe, expect, it } from 'vitest'
import { containsFilter, pagesFor, ranked, versionOf, type Hit } from './hits'

const title = (key: string) => key.toUpperCase()

describe('pages', () => {
  const found = (text: string[], me?: 'administrator' | 'user') => pagesFor(text, title, me).map((hit) => hit.to)
  it('are found by title and by other words', () => {
    expect(found(['gat'])).toEqual(['/governance?tab=gates'])
    expect(found(['tokens'], 'user')).toEqual(['/account'])
  })
  it('are those that the user may open', () => {
    expect(found([], 'administrator')).toHaveLength(10)
    expect(found([], 'user')).toEqual([
      '/experiments',
      '/models',
      '/reports',
      '/governance',
      '/governance?tab=gates',
      '/account',
    ])
    expect(found(['import'])).toEqual(['/import'])
    expect(found(['access'])).toEqual([])
  })
})

it('quotes words in a filter', () =>
  expect(containsFilter('name', ["o'neil", 'x'])).toBe("name ILIKE '%o''neil%' AND name ILIKE '%x%'"))

describe('a version', () => {
  it.each([
    ['iris 3', ['iris'], 3],
    ['Iris Big v12', ['iris', 'big'], 12],
    ['iris/3', ['iris'], 3],
  ])('%s', (text, words, version) => expect(versionOf(text)).toEqual({ words, version }))
  it.each(['iris', 'resnet50', '3', ''])('is not in %j', (text) => expect(versionOf(text)).toBeUndefined())
})

it('puts what was meant first', () => {
  const hit = (text: string): Hit => ({ kind: 'model', text, to: text })
  const order = ranked(['my iris', 'iris-2', 'IRIS'].map(hit), 'iris')
  expect(order.map((one) => one.text)).toEqual(['IRIS', 'iris-2', 'my iris'])
})
