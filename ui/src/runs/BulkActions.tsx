import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useRights } from '../access/useRights'
import { deleteRun, restoreRun, setRunTag } from '../api/runs'
import { ActionButton } from '../shell/ActionButton'
import { ConfirmDelete } from '../shell/Dialog'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { TagDialog } from '../shell/TagDialog'
import { useAction } from '../shell/toasts'

/** Calls a function for each id, six at a time. */
async function each(ids: string[], work: (id: string) => Promise<unknown>) {
  const queue = [...ids]
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) await work(id)
    }),
  )
}

/** The actions for the selected runs. */
export function BulkActions({
  ids,
  experimentId,
  deleted,
  all,
  onAll,
  onDone,
  onClear,
  onCsv,
}: {
  ids: string[]
  experimentId: string
  deleted: boolean
  /** the number of all runs, if all loaded runs are selected and there are more */
  all?: number
  onAll: () => void
  onDone: () => void
  onClear: () => void
  onCsv: () => void
}) {
  const t = useT()
  const act = useAction()
  const navigate = useNavigate()
  // All runs are in the same experiment, by which runs are decided on.
  const whyNot = useRights(ids[0] && `run/${ids[0]}`)
  const [asking, setAsking] = useState(false)
  const [tagging, setTagging] = useState(false)
  return (
    <div className="bulk" role="toolbar" aria-label={t('selected', { n: ids.length })}>
      <strong className="num">{t('selected', { n: ids.length })}</strong>
      {all && (
        <button className="btn small ghost" onClick={onAll}>
          {t('selectAll', { n: all })}
        </button>
      )}
      <button
        className="btn small"
        disabled={ids.length < 2}
        onClick={() =>
          void navigate({ to: '/compare', search: { runs: ids.slice(0, 1000), experiment: experimentId } })
        }
      >
        {t('compare')}
      </button>
      {!deleted && (
        <ActionButton className="btn small" whyNot={whyNot('update')} onClick={() => setTagging(true)}>
          {t('addTag')}
        </ActionButton>
      )}
      <button className="btn small" onClick={onCsv}>
        <Icon name="download" size={13} />
        {t('csv')}
      </button>
      {deleted ? (
        <ActionButton
          className="btn small"
          whyNot={whyNot('delete')}
          onClick={() => void act(() => each(ids, restoreRun)).then(onDone)}
        >
          {t('restore')}
        </ActionButton>
      ) : (
        <ActionButton className="btn small danger" whyNot={whyNot('delete')} onClick={() => setAsking(true)}>
          {t('delete')}
        </ActionButton>
      )}
      <span className="spacer" />
      <button className="btn small ghost" onClick={onClear}>
        {t('clear')}
      </button>
      {asking && (
        <ConfirmDelete
          title={t('deleteRuns', { n: ids.length })}
          text={t('deleteRunsText')}
          close={() => setAsking(false)}
          run={() => void act(() => each(ids, deleteRun)).then(onDone)}
        />
      )}
      {tagging && (
        <TagDialog
          close={() => setTagging(false)}
          save={async (key, value) => {
            if (await act(() => each(ids, (id) => setRunTag(id, key, value)), t('saved'))) setTagging(false)
            onDone()
          }}
        />
      )}
    </div>
  )
}
