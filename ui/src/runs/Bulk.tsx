import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { send } from '../api/client'
import { Confirm } from '../shell/Dialog'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { TagDialog } from '../shell/TagDialog'
import { useAction } from '../shell/toasts'

/** Does something to each of many, a few at a time. */
async function each(ids: string[], work: (id: string) => Promise<unknown>) {
  const queue = [...ids]
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) await work(id)
    }),
  )
}

/** What can be done with the chosen runs. */
export function Bulk({
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
  /** how many runs there are, when all that the table has loaded are chosen and there are more */
  all?: number
  onAll: () => void
  onDone: () => void
  onClear: () => void
  onCsv: () => void
}) {
  const t = useT()
  const act = useAction()
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const [tagging, setTagging] = useState(false)
  return (
    <div className="bulk" role="toolbar" aria-label={t('selected', { n: ids.length })}>
      <strong className="num">{t('selected', { n: ids.length.toLocaleString() })}</strong>
      {all && (
        <button className="btn small ghost" onClick={onAll}>
          {t('selectAll', { n: all.toLocaleString() })}
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
        <button className="btn small" onClick={() => setTagging(true)}>
          {t('addTag')}
        </button>
      )}
      <button className="btn small" onClick={onCsv}>
        <Icon name="download" size={13} />
        {t('csv')}
      </button>
      {deleted ? (
        <button
          className="btn small"
          onClick={() => void act(() => each(ids, (id) => send('mlflow/runs/restore', { run_id: id }))).then(onDone)}
        >
          {t('restore')}
        </button>
      ) : (
        <button className="btn small danger" onClick={() => setAsking(true)}>
          {t('delete')}
        </button>
      )}
      <span className="spacer" />
      <button className="btn small ghost" onClick={onClear}>
        {t('clear')}
      </button>
      {asking && (
        <Confirm
          title={t('deleteRuns', { n: ids.length })}
          text={t('deleteRunsText')}
          action={t('delete')}
          close={() => setAsking(false)}
          run={() => void act(() => each(ids, (id) => send('mlflow/runs/delete', { run_id: id }))).then(onDone)}
        />
      )}
      {tagging && (
        <TagDialog
          close={() => setTagging(false)}
          save={async (key, value) => {
            if (await act(() => each(ids, (id) => send('mlflow/runs/set-tag', { run_id: id, key, value })), t('saved')))
              setTagging(false)
            onDone()
          }}
        />
      )}
    </div>
  )
}
