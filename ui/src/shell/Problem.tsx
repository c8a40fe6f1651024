import { isAway } from '../api/client'
import { errorText } from './errorText'
import { useT } from './settings'

/** What went wrong, what to do about it, and a button that tries again. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useT()
  return (
    <div className="error" role="alert">
      {errorText(error, t)}
      {retry && (
        <div style={{ marginTop: 8 }}>
          <button className="btn small" onClick={retry}>
            {t('retry')}
          </button>
        </div>
      )}
    </div>
  )
}

/**
 * Returns the error to show in place of what a query loads; null if there is something to show. While the server is away, what was loaded
 * before stays.
 */
export function problemOf({ error, data }: { error: unknown; data: unknown }): unknown {
  return data !== undefined && isAway(error) ? null : error
}

/** A page whose record could not be loaded. */
export function PageProblem({ query }: { query: { error: unknown; refetch: () => Promise<unknown> } }) {
  return (
    <div className="page">
      <Problem error={query.error} retry={() => void query.refetch()} />
    </div>
  )
}
