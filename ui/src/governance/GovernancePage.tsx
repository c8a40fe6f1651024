import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useRights } from '../access/useRights'
import { useTitle } from '../shell/hooks'
import { useT } from '../shell/settings'
import { Tabs } from '../shell/Tabs'
import { Approvals } from './Approvals'
import { Audit } from './Audit'
import { GateList } from './GateList'

const Webhooks = lazy(() => import('./Webhooks').then((module) => ({ default: module.Webhooks })))

/** Approvals, gates, the audit log and webhooks. */
export function GovernancePage() {
  const t = useT()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { tab?: string }
  const tab = search.tab ?? 'approvals'
  // Who may not read the audit log and the webhooks is told why instead of a refusal by the server.
  const whyNot = useRights('server/*')('manage')
  useTitle(t('governance'))
  return (
    <div className="page">
      <div className="head">
        <h1>{t('governance')}</h1>
      </div>
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate({ to: '/governance', search: next === 'approvals' ? {} : { tab: next }, replace: true })
        }
        options={[
          { id: 'approvals', label: t('approvals') },
          { id: 'gates', label: t('gates') },
          { id: 'audit', label: t('audit') },
          { id: 'webhooks', label: t('webhooks') },
        ]}
      />
      <div style={{ paddingTop: 14 }}>
        {tab === 'gates' ? (
          <GateList />
        ) : whyNot !== undefined && (tab === 'audit' || tab === 'webhooks') ? (
          <p className="soft">{whyNot}</p>
        ) : tab === 'audit' ? (
          <Audit />
        ) : tab === 'webhooks' ? (
          <Suspense fallback={null}>
            <Webhooks />
          </Suspense>
        ) : (
          <Approvals />
        )}
      </div>
    </div>
  )
}
