import { ApiError, UnreachableError } from '../api/client'
import type { Translate } from './settings'

/** Returns what to show of an error: the message of the server, or what to do if the server cannot be reached. */
export function errorText(error: unknown, t: Translate): string {
  if (error instanceof UnreachableError) return t('unreachable')
  if (error instanceof ApiError && error.status === 401) return t('sessionEnded')
  return error instanceof Error ? error.message : String(error)
}
