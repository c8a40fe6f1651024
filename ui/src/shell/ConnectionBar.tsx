import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { isAway, isAnswering } from '../api/client'
import { useT } from './settings'

const PAUSE = 2_000

/** Returns whether a query of the page fails because the server is away. */
const isLost = (client: QueryClient) =>
  client
    .getQueryCache()
    .findAll({ type: 'active' })
    .some((query) => isAway(query.state.fetchFailureReason))

/**
 * Says that the server is away. Meanwhile the pages keep what they show; once the server answers again, what has failed is loaded again.
 */
export function ConnectionBar() {
  const t = useT()
  const client = useQueryClient()
  const lost = useSyncExternalStore(
    useCallback((changed: () => void) => client.getQueryCache().subscribe(changed), [client]),
    () => isLost(client),
  )
  const attempt = useCallback(async () => {
    if (!(await isAnswering())) return false
    await client.refetchQueries({ type: 'active', predicate: (query) => isAway(query.state.fetchFailureReason) })
    return true
  }, [client])
  useEffect(() => {
    if (!lost) return
    let timer: ReturnType<typeof setTimeout>
    let ended = false
    const wait = () => {
      timer = setTimeout(() => void attempt().then(() => !ended && wait()), PAUSE)
    }
    wait()
    return () => {
      ended = true
      clearTimeout(timer)
    }
  }, [lost, attempt])
  if (!lost) return null
  return (
    <div className="connection" role="status">
      <span className="spinner" aria-hidden="true" />
      {t('connectionLost')}
      <button className="btn small" onClick={() => void attempt()}>
        {t('tryNow')}
      </button>
    </div>
  )
}
