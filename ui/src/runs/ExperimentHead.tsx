import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { currentUser } from '../api/users'
import { useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import type { RunsSearch } from './view'

/** The name of an experiment, and the switch between the table, the charts and, with authentication, the permissions. */
export function ExperimentHead({
  name,
  tab = 'table',
  onTab,
}: {
  name: string | undefined
  tab: RunsSearch['tab'] | 'table'
  onTab: (tab: RunsSearch['tab']) => void
}) {
  const t = useT()
  const me = useQuery(currentUser)
  return (
    <div className="bar" style={{ paddingBottom: 2 }}>
      <div style={{ minWidth: 0 }}>
        <nav className="crumbs" aria-label="breadcrumb" style={{ marginBottom: 0 }}>
          <Link to="/experiments">{t('experiments')}</Link>
          <span aria-hidden="true">/</span>
        </nav>
        <h1 className="ellipsis">{name ?? ' '}</h1>
      </div>
      <span className="spacer" />
      <Segments<'table' | 'charts' | 'permissions'>
        value={tab}
        label={t('view')}
        onChange={(next) => onTab(next === 'table' ? undefined : next)}
        options={[
          ['table', t('table')],
          ['charts', t('charts')],
          ...(me.data ? ([['permissions', t('permissions')]] as ['permissions', string][]) : []),
        ]}
      />
    </div>
  )
}
