import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useRights } from '../access/useRights'
import { files } from '../api/artifacts'
import { experiment } from '../api/experiments'
import { deleteRun, renameRun, restoreRun, run as runQuery } from '../api/runs'
import { PARENT } from '../runs/view'
import { ActionButton } from '../shell/ActionButton'
import { ConfirmDelete } from '../shell/Dialog'
import { useTitle } from '../shell/hooks'
import { Icon } from '../shell/Icon'
import { MenuItem } from '../shell/MenuItem'
import { Popover } from '../shell/Popover'
import { PageProblem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Status } from '../shell/Status'
import { Tabs } from '../shell/Tabs'
import { TextDialog } from '../shell/TextDialog'
import { useAction } from '../shell/toasts'
import { Artifacts } from './Artifacts'
import { Metrics } from './Metrics'
import { Overview } from './Overview'
import { RegisterDialog } from './RegisterDialog'
import { RunImages } from './RunImages'

export const NOTE = 'mlflow.note.content'
export const LIVE = 4000

/** A run: overview, metrics, system metrics, artifacts and images. */
export function RunPage() {
  const { runId } = useParams({ strict: false }) as { runId: string }
  return <RunDetails key={runId} id={runId} />
}

function RunDetails({ id }: { id: string }) {
  const t = useT()
  const client = useQueryClient()
  const act = useAction()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { tab?: string; path?: string }
  const found = useQuery({
    ...runQuery(id),
    refetchInterval: (query) => (query.state.data?.info.status === 'RUNNING' ? LIVE : false),
  })
  const [dialog, setDialog] = useState<'rename' | 'delete' | 'register' | null>(null)
  const top = useQuery({ ...files({ kind: 'run', id }, ''), enabled: found.isSuccess, retry: false })
  const about = useQuery({ ...experiment(found.data?.info.experiment_id ?? ''), enabled: found.isSuccess })
  const whyNot = useRights(`run/${id}`)
  const whyNotRegister = useRights('registered_model/*')('create')
  useTitle(found.data?.info.run_name)

  if (problemOf(found)) return <PageProblem query={found} />
  const run = found.data
  if (!run) return <p className="empty">{t('loading')}</p>
  const { info } = run
  const changed = () => void client.invalidateQueries()
  const tag = (key: string) => run.data.tags?.find((one) => one.key === key)?.value
  const parent = tag(PARENT)
  const metrics = run.data.metrics ?? []
  const system = metrics.filter((m) => m.key.startsWith('system/'))
  const own = metrics.filter((m) => !m.key.startsWith('system/'))
  const tab = search.tab ?? 'overview'
  const go = (next: { tab?: string; path?: string }) =>
    void navigate({
      to: '/experiments/$experimentId/runs/$runId',
      params: { experimentId: info.experiment_id, runId: id },
      search: next,
      replace: true,
    })

  return (
    <div className="page">
      <nav className="crumbs" aria-label="breadcrumb">
        <Link to="/experiments">{t('experiments')}</Link>
        <span aria-hidden="true">/</span>
        <Link to="/experiments/$experimentId" params={{ experimentId: info.experiment_id }}>
          {about.data?.name ?? info.experiment_id}
        </Link>
        <span aria-hidden="true">/</span>
      </nav>
      <div className="head">
        <h1 className="break">{info.run_name}</h1>
        <Status status={info.status} />
        {info.lifecycle_stage === 'deleted' && <span className="chip bad">{t('deleted')}</span>}
        <span className="spacer" />
        {parent && (
          <Link className="btn" to="/compare" search={{ runs: [id, parent], experiment: info.experiment_id }}>
            {t('compareWith')}
          </Link>
        )}
        <ActionButton whyNot={whyNotRegister} onClick={() => setDialog('register')}>
          {t('registerModel')}
        </ActionButton>
        <Popover className="btn icon" title={t('options')} label={<Icon name="more" />}>
          {(close) => (
            <>
              <MenuItem close={close} whyNot={whyNot('update')} onClick={() => setDialog('rename')}>
                {t('rename')}
              </MenuItem>
              {info.lifecycle_stage === 'deleted' ? (
                <MenuItem
                  close={close}
                  whyNot={whyNot('delete')}
                  onClick={() => void act(() => restoreRun(id)).then(changed)}
                >
                  {t('restore')}
                </MenuItem>
              ) : (
                <MenuItem close={close} whyNot={whyNot('delete')} onClick={() => setDialog('delete')}>
                  {t('delete')}
                </MenuItem>
              )}
            </>
          )}
        </Popover>
      </div>
      <Tabs
        value={tab}
        onChange={(next) => go({ tab: next === 'overview' ? undefined : next })}
        options={[
          { id: 'overview', label: t('overview') },
          { id: 'metrics', label: t('metrics'), count: own.length },
          ...(system.length ? [{ id: 'system', label: t('systemMetrics'), count: system.length }] : []),
          { id: 'artifacts', label: t('artifacts') },
          ...(tab === 'images' || (top.data ?? []).some((file) => file.is_dir && file.path === 'images')
            ? [{ id: 'images', label: t('images') }]
            : []),
        ]}
      />
      <div style={{ paddingTop: 14 }}>
        {tab === 'overview' && (
          <Overview whyNot={whyNot('update')} run={run} parent={parent} note={tag(NOTE)} changed={changed} />
        )}
        {tab === 'metrics' && <Metrics run={run} keys={own.map((m) => m.key)} />}
        {tab === 'system' && <Metrics run={run} keys={system.map((m) => m.key)} byTime />}
        {tab === 'images' && <RunImages id={id} live={info.status === 'RUNNING'} />}
        {tab === 'artifacts' && (
          <Artifacts
            owner={{ kind: 'run', id }}
            root={info.artifact_uri}
            path={search.path}
            onPath={(path) => go({ tab: 'artifacts', path })}
          />
        )}
      </div>
      {dialog === 'delete' && (
        <ConfirmDelete
          title={t('deleteRuns', { n: 1 })}
          text={t('deleteRunsText')}
          close={() => setDialog(null)}
          run={() => void act(() => deleteRun(id)).then(changed)}
        />
      )}
      {dialog === 'rename' && (
        <TextDialog
          title={t('rename')}
          label={t('name')}
          initial={info.run_name}
          close={() => setDialog(null)}
          save={async (name) => {
            if (await act(() => renameRun(id, name))) setDialog(null)
            changed()
          }}
        />
      )}
      {dialog === 'register' && <RegisterDialog run={run} close={() => setDialog(null)} />}
    </div>
  )
}
