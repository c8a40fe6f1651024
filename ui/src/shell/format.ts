import type { Translate } from './settings'

/** Formats a metric's value with five significant digits, seven from 1,000 on. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (Number.isNaN(value)) return 'NaN'
  if (Math.abs(value) >= 1.797e308) return value > 0 ? '∞' : '-∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e9) return value.toLocaleString('en-US')
  if (size >= 1e6 || size < 1e-4)
    return value
      .toExponential(3)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e')
  return String(Number(value.toPrecision(size >= 1000 ? 7 : 5)))
}

export function bytes(size: number | undefined): string {
  if (size === undefined) return ''
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = size
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`
}

/** Formats a duration with its two greatest units. */
export function duration(milliseconds: number, t: Translate): string {
  const seconds = Math.max(0, milliseconds) / 1000
  if (seconds < 1) return t('for_ms', { ms: Math.round(seconds * 1000) })
  // Rounded here, so that 59.96 seconds are a minute and not 60.0 seconds.
  if (Math.round(seconds * 10) < 600) return t('for_s', { s: seconds.toFixed(1) })
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return t('for_m', { m: minutes, s: whole % 60 })
  const hours = Math.floor(minutes / 60)
  return hours < 48
    ? t('for_h', { h: hours, m: minutes % 60 })
    : t('for_d', { d: Math.floor(hours / 24), h: hours % 24 })
}

export function instant(time: number | undefined): string {
  if (!time) return ''
  const date = new Date(time)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}

export function ago(time: number | undefined, t: Translate): string {
  if (!time) return ''
  const minutes = (Date.now() - time) / 60_000
  if (minutes < 1) return t('ago_s')
  if (minutes < 60) return t('ago_m', { n: Math.floor(minutes) })
  if (minutes < 60 * 24) return t('ago_h', { n: Math.floor(minutes / 60) })
  if (minutes < 60 * 24 * 14) return t('ago_d', { n: Math.floor(minutes / 60 / 24) })
  return instant(time).slice(0, 10)
}

/** A text that is a plain number, such as the value of a parameter. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
/** The first characters of a text that spreadsheets may evaluate as a formula; the wide ones with a Japanese keyboard. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/**
 * Returns a CSV file (RFC 4180). A text that a spreadsheet would evaluate as a formula gets a leading apostrophe; numbers, also as text, are
 * written as they are.
 */
export function toCsv(rows: (string | number | null | undefined)[][]): string {
  return rows.map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n'
}

function csvCell(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = typeof value === 'string' && FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  // Semicolons and tabs separate cells in some locales.
  return /[",;\t\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}

export function save(name: string, content: Blob | string, type = 'text/plain') {
  const url = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content)
  const link = document.createElement('a')
  link.href = url
  link.download = name.replace(/[\\/:*?"<>|]+/g, '_')
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
