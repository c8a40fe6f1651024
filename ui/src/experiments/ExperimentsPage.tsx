import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useRights } from '../access/useRights'
import { deleteExperiment, experiments, restoreExperiment } from '../api/experiments'
import { fetchRows } from '../api/runs'
import { type Experiment } from '../api/types'
import { ConfirmDelete } from '../shell/Dialog'
import { useTitle } from '../shell/hooks'
import { NewButton } from '../shell/NewButton'
import { PageProblem, problemOf } from '../shell/Problem'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { TableCard } from '../shell/TableCard'
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
  const whyNot = useRights('experiment/*')
  const importRefused = useRights('server/*')('manage')
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
  if (problemOf(list)) return <PageProblem query={list} />
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
        {importRefused === undefined && (
          <Link to="/import" className="btn">
            {t('import')}
          </Link>
        )}
        <SearchBox label={t('searchExperiments')} style={{ width: 250 }} value={text} onChange={setText} />
        <NewButton whyNot={whyNot('create')} onClick={() => setCreating(true)}>
          {t('newExperiment')}
        </NewButton>
      </div>
      <TableCard
        columns={[
          t('name'),
          t('tags'),
          t('updated'),
          t('created'),
          <th key="id" className="num">
            ID
          </th>,
          <th key="edit">
            <span className="visually-hidden">{t('edit')}</span>
          </th>,
        ]}
        empty={
          list.isPending ? (
            <p className="empty">{t('loading')}</p>
          ) : (
            shown.length === 0 && <p className="empty">{text ? t('experimentsEmptyFilter') : t('nothingFound')}</p>
          )
        }
      >
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
      </TableCard>
      {creating && <NameDialog title={t('newExperiment')} close={() => setCreating(false)} changed={changed} />}
      {renaming && (
        <NameDialog title={t('rename')} experiment={renaming} close={() => setRenaming(null)} changed={changed} />
      )}
      {deleting && (
        <ConfirmDelete
          title={t('confirmDeleteExperiment', { name: deleting.name })}
          text={t('deleteExperimentText')}
          close={() => setDeleting(null)}
          run={() => void act(() => deleteExperiment(deleting.experiment_id)).then(changed)}
        />
      )}
    </div>
  )
}
