import { useQuery } from '@tanstack/react-query'
import { reportVersions } from '../api/reports'
import { ago, instant } from '../shell/format'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'

export function History({
  id,
  shown,
  onShow,
  changes,
  onChanges,
}: {
  id: string
  shown: number
  onShow: (version: number | undefined) => void
  changes: boolean
  onChanges: (on: boolean) => void
}) {
  const t = useT()
  const list = useQuery({ ...reportVersions(id), refetchInterval: 10000 })
  return (
    <aside className="card history" aria-label={t('history')}>
      <header>
        <h2>{t('history')}</h2>
        <span className="spacer" />
        <button
          className={changes ? 'btn small on' : 'btn small'}
          aria-pressed={changes}
          onClick={() => onChanges(!changes)}
        >
          {t('whatChanged')}
        </button>
      </header>
      {problemOf(list) ? <Problem error={list.error} /> : null}
      <ol>
        {(list.data ?? []).map((version, index) => (
          <li key={version.version}>
            <button
              aria-current={version.version === shown}
              onClick={() => onShow(index === 0 ? undefined : version.version)}
            >
              <strong>{t('versionN', { n: version.version })}</strong>
              <span className="soft ellipsis">{version.title}</span>
              <span className="faint" title={instant(version.last_update_timestamp)}>
                {version.author} · {ago(version.last_update_timestamp, t)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </aside>
  )
}
