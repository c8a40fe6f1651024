import { expect, it } from 'vitest'
import { translate, type Key } from '../shell/messages'
import { expiryText } from './expiry'

const t = (key: Key, values?: Record<string, string | number>) => translate('en', key, values)
const HOUR = 3_600_000

it('says how long a token is valid', () => {
  expect(expiryText(undefined, t)).toBe('never')
  expect(expiryText(-1, t)).toBe('expired')
  expect(expiryText(1, t)).toBe('in 1 hour')
  expect(expiryText(25.5 * HOUR, t)).toBe('in 26 hours')
  expect(expiryText(90 * 24 * HOUR - 1, t)).toBe('in 90 days')
})
