import { expect, it } from 'vitest'
import { parseCsv } from './csv'

it('reads quotes, doubled quotes and line breaks within quotes', () =>
  expect(parseCsv('a,"b,1"\r\n"say ""x""","two\nlines"\n', ',', 10)).toEqual([
    ['a', 'b,1'],
    ['say "x"', 'two\nlines'],
  ]))
it('keeps empty cells and a last line without an end', () =>
  expect(parseCsv('a,,\n,b', ',', 10)).toEqual([
    ['a', '', ''],
    ['', 'b'],
  ]))
it('stops at the limit', () => expect(parseCsv('1\n2\n3\n4', ',', 2)).toEqual([['1'], ['2']]))
it('separates by tabs', () => expect(parseCsv('a\tb,c', '\t', 5)).toEqual([['a', 'b,c']]))
it('stops at so many cells as a page can show', () => {
  expect(parseCsv(','.repeat(500_000), ',', 10)[0]).toHaveLength(100_000)
  expect(parseCsv(`${','.repeat(999)}\n`.repeat(500), ',', 500)).toHaveLength(100)
})
