import { expect, it } from 'vitest'
import { parse } from './client'

it('reads NaN and infinities as numbers, and leaves them alone in texts', () =>
  expect(parse('{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \\"Infinity\\"", "d": null}')).toEqual({
    a: NaN,
    b: [-Infinity, Infinity],
    c: 'NaN "Infinity"',
    d: null,
  }))
it('refuses what is not JSON', () => expect(() => parse('<html>')).toThrow(SyntaxError))
