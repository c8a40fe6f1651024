import type { ActionName, ResourceRights } from '../api/types'
import type { Translate } from '../shell/settings'
import { holderText, resourceText } from './resources'

/**
 * Returns why the signed-in user may not do something, and who can allow it.
 *
 * @returns undefined if it is allowed
 */
export function whyNotText(rights: ResourceRights, action: ActionName, t: Translate): string | undefined {
  const right = rights.actions.find((one) => one.action === action)
  if (!right || right.allowed) return undefined
  if (!right.needs || !right.on) return t('notAllowed')
  const needed =
    right.on === 'server/*' ? t('needsAdmin') : t('needsLevel', { level: right.needs, on: resourceText(right.on, t) })
  const ask = (rights.ask ?? []).map((holder) => holderText(holder, t)).join(t('listSeparator'))
  return ask ? t('needsAsk', { needed, ask }) : needed
}
