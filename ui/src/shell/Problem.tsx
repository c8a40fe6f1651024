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
