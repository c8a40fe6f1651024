import type { Translate } from '../shell/settings'
import { keyOf, kindOf } from './view'

export function columnLabel(column: string, t: Translate): string {
  if (kindOf(column) !== 'a') return keyOf(column)
  switch (keyOf(column)) {
    case 'name':
      return t('runName')
    case 'status':
      return t('status')
    case 'start_time':
      return t('started')
    case 'duration':
      return t('duration')
    case 'user':
      return t('user')
    case 'source':
      return t('source')
    default:
      return t('runId')
  }
}
