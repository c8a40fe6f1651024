import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { ApiError } from '../api/client'
import { report as reportQuery, updateReport } from '../api/reports'
import { type Report } from '../api/types'
import { errorText } from '../shell/errorText'
import { useDebounced } from '../shell/hooks'
import { readStored, useT, writeStored } from '../shell/settings'
import { useToast } from '../shell/toasts'
import { BlockDialog } from './BlockDialog'
import { writeBlock, type Block } from './blocks'
import { ConflictDialog } from './ConflictDialog'
import { EditorToolbar } from './EditorToolbar'
import { insertParagraph, replaceFence, surround, type Edit } from './edits'
import { ImageDialog } from './ImageDialog'
import { type Pictures } from './pictures'
import { ReportView } from './ReportView'

interface Draft {
  title: string
  content: string
  base: number
}

/** The editor of a report, with a preview. Changes that are not saved are kept in this browser as a draft. */
export function Editor({ report, done }: { report: Report; done: () => void }) {
  const t = useT()
  const say = useToast()
  const client = useQueryClient()
  const area = useRef<HTMLTextAreaElement>(null)
  const storage = `draft.${report.report_id}`
  const kept = useMemo(() => readStored<Draft>(storage), [storage])
  const [draft, setDraft] = useState<Draft>(
    () => kept ?? { title: report.title, content: report.content ?? '', base: report.version },
  )
  const [found, setFound] = useState(kept !== undefined && kept.content !== report.content)
  const [dialog, setDialog] = useState<{ show: 'chart' | 'table'; fence?: number; block?: Block } | 'image' | null>(
    null,
  )
  const [conflict, setConflict] = useState<Report | null>(null)
  const [saving, setSaving] = useState(false)
  const [pictures] = useState<Pictures>(() => new Map())
  const shown = useDebounced(draft.content, 250)
  const changed = draft.title !== report.title || draft.content !== (report.content ?? '')

  useEffect(() => writeStored(storage, changed ? draft : undefined), [storage, draft, changed])

  const leave = () => {
    writeStored(storage, undefined)
    done()
  }
  const save = async (base = draft.base) => {
    setSaving(true)
    try {
      const saved = await updateReport(report.report_id, draft.title, draft.content, base)
      client.setQueryData(reportQuery(report.report_id).queryKey, saved)
      void client.invalidateQueries({ queryKey: ['report-versions'] })
      void client.invalidateQueries({ queryKey: ['reports'] })
      say(t('saved'))
      leave()
    } catch (error) {
      // Somebody else has saved in the meantime. Neither text is lost; the user decides.
      if (error instanceof ApiError && error.status === 409) {
        const theirs = await client.query({ ...reportQuery(report.report_id), staleTime: 0 }).catch(() => null)
        if (theirs) setConflict(theirs)
        else say(error.message, true)
      } else {
        say(errorText(error, t), true)
      }
    } finally {
      setSaving(false)
    }
  }

  const saveNow = useRef(save)
  saveNow.current = save
  const open = dialog !== null || conflict !== null
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 's') return
      event.preventDefault()
      if (changed && !open) void saveNow.current()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [changed, open])

  /** Changes the text, and places the caret in it. */
  const edit = ({ content, from, to }: Edit) => {
    setDraft({ ...draft, content })
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(from, to)
    })
  }
  const insert = (text: string) =>
    edit(insertParagraph(draft.content, area.current?.selectionStart ?? draft.content.length, text))
  const mark = (before: string, after = '') => {
    const { selectionStart, selectionEnd } = area.current!
    edit(surround(draft.content, selectionStart, selectionEnd, before, after))
  }
  const replace = (fence: number, text: string) =>
    setDraft({ ...draft, content: replaceFence(draft.content, fence, text) })

  return (
    <div className="full">
      <div className="bar">
        <input
          className="input report-title"
          aria-label={t('title')}
          value={draft.title}
          maxLength={250}
          onChange={(event) => setDraft({ ...draft, title: event.target.value })}
        />
        <button className="btn ghost" onClick={leave}>
          {t(changed ? 'discard' : 'close')}
        </button>
        <button
          className="btn primary"
          disabled={!changed || saving || !draft.title.trim()}
          onClick={() => void save()}
        >
          {t('save')}
        </button>
      </div>
      {found && (
        <DraftNotice
          onDrop={() => {
            setDraft({ title: report.title, content: report.content ?? '', base: report.version })
            setFound(false)
          }}
          onKeep={() => setFound(false)}
        />
      )}
      <div className="writing">
        <section className="card" aria-label={t('text')}>
          <EditorToolbar
            onMark={mark}
            onChart={() => setDialog({ show: 'chart' })}
            onTable={() => setDialog({ show: 'table' })}
            onImage={() => setDialog('image')}
          />
          <textarea
            ref={area}
            aria-label={t('text')}
            placeholder={t('reportHint')}
            value={draft.content}
            spellCheck
            onChange={(event) => setDraft({ ...draft, content: event.target.value })}
          />
        </section>
        <section className="card seen" aria-label={t('preview')} tabIndex={0}>
          <article className="report">
            {shown.trim() ? (
              <ReportView
                text={shown}
                pictures={pictures}
                onEdit={(fence, block) => setDialog({ show: block.show, fence, block })}
              />
            ) : (
              <p className="empty">{t('reportHint')}</p>
            )}
          </article>
        </section>
      </div>
      {dialog === 'image' && (
        <ImageDialog
          close={() => setDialog(null)}
          done={(markdown) => {
            setDialog(null)
            insert(markdown)
          }}
        />
      )}
      {dialog !== null && dialog !== 'image' && (
        <BlockDialog
          show={dialog.show}
          initial={dialog.block}
          close={() => setDialog(null)}
          remove={
            dialog.fence === undefined
              ? undefined
              : () => {
                  replace(dialog.fence!, '')
                  setDialog(null)
                }
          }
          done={(block) => {
            if (dialog.fence === undefined) insert(writeBlock(block))
            else replace(dialog.fence, writeBlock(block))
            setDialog(null)
          }}
        />
      )}
      {conflict && (
        <ConflictDialog
          theirs={conflict}
          close={() => setConflict(null)}
          onOverwrite={() => {
            const { version } = conflict
            setConflict(null)
            setDraft({ ...draft, base: version })
            void save(version)
          }}
        />
      )}
    </div>
  )
}

/** Says that a draft was restored. */
function DraftNotice({ onDrop, onKeep }: { onDrop: () => void; onKeep: () => void }) {
  const t = useT()
  return (
    <div className="notice row" role="status" style={{ margin: '0 14px 8px' }}>
      <span style={{ flex: 1 }}>{t('draftFound')}</span>
      <button className="btn small" onClick={onDrop}>
        {t('draftDrop')}
      </button>
      <button className="btn small ghost" onClick={onKeep}>
        {t('draftKeep')}
      </button>
    </div>
  )
}
