import { expect, it } from 'vitest'
import { matches } from './matches'

it('matches all words, in any text and case', () => {
  expect(matches('', [])).toBe(true)
  expect(matches('ML ann', ['Ann', undefined, 'ml'])).toBe(true)
  expect(matches('ann bob', ['ann'])).toBe(false)
})
