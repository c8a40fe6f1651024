import type { Translate } from '../shell/settings'

const HOUR = 3_600_000

/** Returns the text of the time that a token is still valid: in days, and in hours if it is less than two days. */
export function expiryText(left: number | undefined, t: Translate): string {
  if (left === undefined) return t('noExpiry')
  if (left <= 0) return t('expired')
  const hours = Math.ceil(left / HOUR)
  return hours < 48 ? t('inHours', { n: hours }) : t('inDays', { n: Math.floor(hours / 24) })
}
