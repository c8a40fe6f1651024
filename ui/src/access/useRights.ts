import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { rightsOn } from '../api/access'
import type { ActionName } from '../api/types'
import { currentUser } from '../api/users'
import { useT } from '../shell/settings'
import { whyNotText } from './whyNot'

/** Says why the signed-in user may not do something; undefined if it is allowed. */
export type WhyNot = (action: ActionName) => string | undefined

/**
 * Returns what the signed-in user may do to a resource. Without authentication, and for administrators, everything is allowed and nothing is
 * asked of the server. If the server does not answer, nothing is disabled: it decides on each request anyway.
 *
 * @param resource such as `experiment/7`; undefined while it is not known
 */
export function useRights(resource: string | undefined): WhyNot {
  const t = useT()
  const me = useQuery(currentUser)
  const asks = Boolean(me.data && !me.data.is_admin && resource)
  const rights = useQuery({ ...rightsOn(resource ?? ''), enabled: asks, retry: false })
  const pending = me.isPending || (asks && rights.isPending)
  return useCallback(
    (action) => (pending ? t('loading') : asks && rights.data ? whyNotText(rights.data, action, t) : undefined),
    [pending, asks, rights.data, t],
  )
}
