import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { send } from '../api/client'
import type { ModelVersion } from '../api/types'
import { gates, isProtected } from '../governance/api'
import { useMove } from '../governance/RequestApproval'
import { TagDialog } from '../runs/Bulk'
import { useT } from '../shell/settings'
import { Confirm, Dialog, Icon, Popover, useAction } from '../shell/ui'

export const STAGES = ['None', 'Staging', 'Production', 'Archived']
export const stageTone = (stage: string) => (stage === 'Production' ? 'good' : stage === 'Staging' ? 'warn' : '')

export function useChanged() {
  const client = useQueryClient()
  return () => {
    for (const key of ['model', 'models', 'versions']) void client.invalidateQueries({ queryKey: [key] })
  }
}

/** The aliases that point at a version, to take away and to add. */
export function Aliases({ version }: { version: ModelVersion }) {
  const t = useT()
  const changed = useChanged()
  const [move, asking] = useMove(changed)
  const all = useQuery(gates)
  const [text, setText] = useState('')
  return (
    <div className="row wrap" style={{ gap: 4 }}>
      {(version.aliases ?? []).map((alias) => (
        <span key={alias} className="chip accent">
          @{alias}
          {isProtected(all.data, version.name, { alias }) && (
            <span title={t('protectedAlias')}>
              <Icon name="lock" size={10} />
              <span className="visually-hidden">{t('protectedAlias')}</span>
            </span>
          )}
          <button
            className="th-menu"
            aria-label={`${t('remove')}: ${alias}`}
            onClick={() =>
              move({ name: version.name, alias }, () =>
                send('mlflow/registered-models/alias', { name: version.name, alias }, 'DELETE'),
              )
            }
          >
            <Icon name="close" size={10} />
          </button>
        </span>
      ))}
      <Popover
        className="btn ghost icon small"
        title={`${t('setAlias')}: v${version.version}`}
        label={<Icon name="plus" size={12} />}
      >
        {(close) => (
          <form
            className="row"
            style={{ padding: 5 }}
            onSubmit={(event) => {
              event.preventDefault()
              close()
              const target = { name: version.name, alias: text.trim(), version: version.version }
              move(target, () => send('mlflow/registered-models/alias', target))
              setText('')
            }}
          >
            <input
              className="input"
              style={{ width: 150 }}
              placeholder="champion"
              aria-label={t('alias')}
              value={text}
              onChange={(event) => setText(event.target.value)}
              list="known-aliases"
            />
            <datalist id="known-aliases">
              <option value="champion" />
              <option value="challenger" />
              <option value="staging" />
            </datalist>
            <button className="btn small primary" disabled={!text.trim()}>
              {t('save')}
            </button>
          </form>
        )}
      </Popover>
      {asking}
    </div>
  )
}

/** The stage of a version, and the way to another. */
export function Stage({ version }: { version: ModelVersion }) {
  const t = useT()
  const changed = useChanged()
  const [move, asking] = useMove(changed)
  const [target, setTarget] = useState<string | null>(null)
  const [archive, setArchive] = useState(true)
  return (
    <>
      <Popover
        className="btn ghost small"
        title={`${t('stage')}: v${version.version}`}
        label={<span className={`chip ${stageTone(version.current_stage)}`}>{version.current_stage}</span>}
      >
        {(close) => (
          <>
            <div className="title">{t('moveTo')}</div>
            {STAGES.map((stage) => (
              <button
                key={stage}
                className={`item${stage === version.current_stage ? ' active' : ''}`}
                onClick={() => {
                  close()
                  setTarget(stage)
                }}
              >
                {stage}
              </button>
            ))}
          </>
        )}
      </Popover>
      {target && (
        <Dialog title={`v${version.version} → ${target}`} close={() => setTarget(null)}>
          {(target === 'Production' || target === 'Staging') && (
            <label className="row">
              <input type="checkbox" checked={archive} onChange={(event) => setArchive(event.target.checked)} />
              {t('alsoTo')}
            </label>
          )}
          <div className="actions">
            <button className="btn" onClick={() => setTarget(null)}>
              {t('cancel')}
            </button>
            <button
              className="btn primary"
              onClick={() => {
                setTarget(null)
                const archiving = archive && (target === 'Production' || target === 'Staging')
                const next = {
                  name: version.name,
                  version: version.version,
                  stage: target,
                  archive_existing_versions: archiving,
                }
                move(next, () => send('mlflow/model-versions/transition-stage', next))
              }}
            >
              {t('moveTo')} {target}
            </button>
          </div>
        </Dialog>
      )}
      {asking}
    </>
  )
}

/**
 * What else can be done with a model or a version: tag it, delete it.
 *
 * @param title what is asked before it is deleted
 * @param gone where to go then
 */
export function RecordMenu({
  title,
  tag,
  remove,
  gone,
}: {
  title: string
  tag: (key: string, value: string) => Promise<unknown>
  remove: () => Promise<unknown>
  gone: () => void
}) {
  const t = useT()
  const act = useAction()
  const changed = useChanged()
  const [open, setOpen] = useState<'tag' | 'delete' | null>(null)
  return (
    <>
      <Popover className="btn icon" title={t('options')} label={<Icon name="more" />}>
        {(close) => (
          <>
            <button
              className="item"
              onClick={() => {
                close()
                setOpen('tag')
              }}
            >
              {t('addTag')}
            </button>
            <button
              className="item"
              onClick={() => {
                close()
                setOpen('delete')
              }}
            >
              {t('delete')}
            </button>
          </>
        )}
      </Popover>
      {open === 'delete' && (
        <Confirm
          title={title}
          text={t('cannotUndo')}
          action={t('delete')}
          close={() => setOpen(null)}
          run={() =>
            void act(remove).then((ok) => {
              changed()
              if (ok) gone()
            })
          }
        />
      )}
      {open === 'tag' && (
        <TagDialog
          close={() => setOpen(null)}
          save={async (key, value) => {
            if (await act(() => tag(key, value), t('saved'))) setOpen(null)
            changed()
          }}
        />
      )}
    </>
  )
}

/** A text in Markdown, and a place to change it. */
export function Editable({
  text,
  onSave,
  show,
}: {
  text: string
  onSave: (text: string) => Promise<boolean>
  show: (text: string) => React.ReactNode
}) {
  const t = useT()
  const [writing, setWriting] = useState<string | null>(null)
  if (writing !== null) {
    return (
      <div className="stack" style={{ gap: 8 }}>
        <textarea
          className="input"
          rows={6}
          aria-label={t('description')}
          value={writing}
          onChange={(event) => setWriting(event.target.value)}
        />
        <div className="row">
          <button className="btn primary" onClick={() => void onSave(writing).then((ok) => ok && setWriting(null))}>
            {t('save')}
          </button>
          <button className="btn" onClick={() => setWriting(null)}>
            {t('cancel')}
          </button>
        </div>
      </div>
    )
  }
  return (
    <div className="row" style={{ alignItems: 'flex-start' }}>
      <div style={{ flex: 1, minWidth: 0 }}>{text ? show(text) : <p className="faint">{t('noDescription')}</p>}</div>
      <button className="btn small ghost" onClick={() => setWriting(text)}>
        {t('edit')}
      </button>
    </div>
  )
}
