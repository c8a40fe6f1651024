import { useT } from './settings'

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useT()
  return (
    <div className="error" role="alert">
      {error instanceof Error ? error.message : String(error)}
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
