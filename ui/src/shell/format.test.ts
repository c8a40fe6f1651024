import { describe, expect, it } from 'vitest'
import { parseCsv } from '../run/csv'
import { translate } from './messages'
import { ago, bytes, duration, instant, number, toCsv } from './format'

describe('number', () => {
  it.each([
    [0, '0'],
    [1234567, '1,234,567'],
    [0.123456789, '0.12346'],
    [1234.56789, '1234.568'],
    [0.00001234, '1.234e-5'],
    [12345678.9, '1.235e7'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-1.7976931348623157e308, '-∞'],
    [null, ''],
    [undefined, ''],
  ])('formats %d as %s', (value, text) => expect(number(value)).toBe(text))
})

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [2_345_678, '2.35 MB'],
    [undefined, ''],
  ])('formats %d as %s', (size, text) => expect(bytes(size)).toBe(text))
})

describe('duration', () => {
  it.each([
    [-5, '0 ms'],
    [400, '400 ms'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h 0 min'],
    [50 * 3_600_000, '2 d 2 h'],
  ])('formats %d ms as %s', (milliseconds, text) =>
    expect(duration(milliseconds, (key, values) => translate('en', key, values))).toBe(text),
  )
  it.each([
    [400, '400ミリ秒'],
    [12_300, '12.3秒'],
    [149_000, '2分29秒'],
    [5_400_000, '1時間30分'],
    [50 * 3_600_000, '2日2時間'],
  ])('formats %d ms in Japanese as %s', (milliseconds, text) =>
    expect(duration(milliseconds, (key, values) => translate('ja', key, values))).toBe(text),
  )
})

describe('instant', () => {
  it('writes the local time with two digits for each part', () =>
    expect(instant(new Date(2026, 0, 2, 3, 4).getTime())).toBe('2026-01-02 03:04'))
  it('is empty without a time', () => expect(instant(undefined)).toBe(''))
})

describe('ago', () => {
  const t = (key: string, values?: Record<string, string | number>) => `${key} ${values?.['n'] ?? ''}`.trim()
  const before = (minutes: number) => ago(Date.now() - minutes * 60_000 - 1000, t)
  it('chooses the unit by the age', () =>
    expect([0, 5, 125, 60 * 24 * 3].map(before)).toEqual(['ago_s', 'ago_m 5', 'ago_h 2', 'ago_d 3']))
  it('writes the date after two weeks', () => expect(before(60 * 24 * 15)).toMatch(/^\d{4}-\d\d-\d\d$/))
})

describe('toCsv', () => {
  it('quotes separators, quotes and line breaks', () =>
    expect(toCsv([['a,b', 'say "x"', 'two\nlines', null, 1.5]])).toBe('"a,b","say ""x""","two\nlines",,1.5\r\n'))
  it.each([
    '=1+1',
    '+A1',
    '-A1+B1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '=cmd|" /C calc"!A0',
    '＝1+1',
    '－A1',
    '-',
    '--1',
    '-inf',
  ])('keeps %j from being evaluated', (text) => expect(csvText(text)).toBe(`'${text}`))
  it.each(['-0.5', '+3', '-1e-3', '-.5', '-5.', '1e5', "'x", 'a=b', '2026-11-20', '', ' -x'])(
    'writes %j as it is',
    (text) => expect(csvText(text)).toBe(text),
  )
  it.each([-1, -0.001, 1e-7, -1e30, NaN, -Infinity])('writes the number %d as it is', (value) =>
    expect(toCsv([[value]])).toBe(`${value}\r\n`),
  )
  it('keeps a cell together where semicolons or tabs separate cells', () =>
    expect(toCsv([['a;=1', 'b\t=1']])).toBe('"a;=1","b\t=1"\r\n'))
  it('neutralises names of columns as well', () => expect(toCsv([['=x', 'y']])).toBe("'=x,y\r\n"))
})

/** Returns the text that a spreadsheet reads from a cell. */
function csvText(text: string): string {
  const [[cell] = []] = parseCsv(toCsv([[text]]), ',', 1)
  return cell ?? ''
}
