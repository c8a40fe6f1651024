import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { deleteExperiment, experiments, restoreExperiment } from '../api/experiments'
import { fetchRows } from '../api/runs'
import { type Experiment } from '../api/types'
import { Confirm } from '../shell/Dialog'
import { useTitle } from '../shell/hooks'
import { Icon } from '../shell/Icon'
import { Problem } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import { useAction } from '../shell/toasts'
import { ExperimentRow } from './ExperimentRow'
import { GettingStarted } from './GettingStarted'
import { NameDialog } from './NameDialog'

type View = 'ACTIVE_ONLY' | 'DELETED_ONLY'

/** The list of experiments. */
export function ExperimentsPage() {
  const t = useT()
  const client = useQueryClient()
  const act = useAction()
  const [view, setView] = useState<View>('ACTIVE_ONLY')
  const [text, setText] = useState('')
  const [creating, setCreating] = useState(false)
  const [renaming, setRenaming] = useState<Experiment | null>(null)
  const [deleting, setDeleting] = useState<Experiment | null>(null)
  const list = useQuery({ ...experiments(view), refetchInterval: 10_000 })
  useTitle(t('experiments'))

  const shown = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    return (list.data ?? []).filter((e) => {
      const all =
        `${e.name} ${e.experiment_id} ${(e.tags ?? []).map((tag) => `${tag.key}=${tag.value}`).join(' ')}`.toLowerCase()
      return words.every((word) => all.includes(word))
    })
  }, [list.data, text])

  const onlyDefault = view === 'ACTIVE_ONLY' && list.data?.length === 1 && list.data[0]!.experiment_id === '0'
  const probe = useQuery({
    queryKey: ['any-run'],
    queryFn: async () => ((await fetchRows({ experiment_ids: ['0'], max_results: 1 })).runs ?? []).length > 0,
    enabled: onlyDefault,
    refetchInterval: 3_000,
  })
  if (list.error)
    return (
      <div className="page">
        <Problem error={list.error} retry={() => void list.refetch()} />
      </div>
    )
  if (onlyDefault && probe.data === false) return <GettingStarted />

  const changed = () => void client.invalidateQueries({ queryKey: ['experiments'] })
  return (
    <div className="page">
      <div className="head">
        <h1>{t('experiments')}</h1>
        <span className="faint num">{list.data ? shown.length.toLocaleString() : ''}</span>
        <span className="spacer" />
        <Segments
          value={view}
          label={t('experiments')}
          onChange={setView}
          options={[
            ['ACTIVE_ONLY', t('active')],
            ['DELETED_ONLY', t('deleted')],
          ]}
        />
        <input
          className="input"
          style={{ width: 250 }}
          type="search"
          placeholder={t('searchExperiments')}
          aria-label={t('searchExperiments')}
          value={text}
          onChange={(e) => setText(e.target.value)}
        />
        <button className="btn primary" onClick={() => setCreating(true)}>
          <Icon name="plus" size={13} />
          {t('newExperiment')}
        </button>
      </div>
      <div className="card">
        <table className="plain">
          <thead>
            <tr>
              <th>{t('name')}</th>
              <th>{t('tags')}</th>
              <th>{t('updated')}</th>
              <th>{t('created')}</th>
              <th className="num">ID</th>
              <th>
                <span className="visually-hidden">{t('edit')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, 500).map((e) => (
              <ExperimentRow
                key={e.experiment_id}
                experiment={e}
                deleted={view === 'DELETED_ONLY'}
                onRename={() => setRenaming(e)}
                onDelete={() => setDeleting(e)}
                onRestore={() => void act(() => restoreExperiment(e.experiment_id)).then(changed)}
              />
            ))}
          </tbody>
        </table>
        {list.data && shown.length === 0 && (
          <p className="empty">{text ? t('experimentsEmptyFilter') : t('nothingFound')}</p>
        )}
        {list.isPending && <p className="empty">{t('loading')}</p>}
      </div>
      {creating && <NameDialog title={t('newExperiment')} close={() => setCreating(false)} changed={changed} />}
      {renaming && (
        <NameDialog title={t('rename')} experiment={renaming} close={() => setRenaming(null)} changed={changed} />
      )}
      {deleting && (
        <Confirm
          title={t('confirmDeleteExperiment', { name: deleting.name })}
          text={t('deleteExperimentText')}
          action={t('delete')}
          close={() => setDeleting(null)}
          run={() => void act(() => deleteExperiment(deleting.experiment_id)).then(changed)}
        />
      )}
    </div>
  )
}
