import { useRef, useState } from 'react'
import { type Report } from '../api/types'
import { DraftNotice } from '../shell/DraftNotice'
import { useDebounced } from '../shell/hooks'
import { useT } from '../shell/settings'
import { useDraft } from '../shell/useDraft'
import { ConflictDialog } from './ConflictDialog'
import { EditorToolbar } from './EditorToolbar'
import { insertParagraph, replaceFence, surround, type Edit } from './edits'
import { InsertDialogs, type InsertDialog } from './InsertDialogs'
import { type Pictures } from './pictures'
import { ReportView } from './ReportView'
import { useSaveReport, useSaveShortcut } from './useSaveReport'

/** The editor of a report, with a preview. Changes that are not saved are kept in this browser as a draft. */
export function Editor({ report, done }: { report: Report; done: () => void }) {
  const t = useT()
  const area = useRef<HTMLTextAreaElement>(null)
  const [dialog, setDialog] = useState<InsertDialog | null>(null)
  const draft = useDraft(
    `report.${report.report_id}`,
    { title: report.title, content: report.content ?? '' },
    report.version,
  )
  const { title, content } = draft.value
  const leave = () => {
    draft.forget()
    done()
  }
  const { save, saving, conflict, endConflict } = useSaveReport(report.report_id, draft.value, leave)
  useSaveShortcut(draft.changed && dialog === null && conflict === null, () => void save(draft.base))

  const setContent = (content: string) => draft.setValue({ title, content })
  /** Changes the text, and places the caret in it. */
  const edit = ({ content, from, to }: Edit) => {
    setContent(content)
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(from, to)
    })
  }
  const insert = (text: string) => edit(insertParagraph(content, area.current?.selectionStart ?? content.length, text))
  const mark = (before: string, after = '') => {
    const { selectionStart, selectionEnd } = area.current!
    edit(surround(content, selectionStart, selectionEnd, before, after))
  }

  return (
    <div className="full">
      <div className="bar">
        <input
          className="input report-title"
          aria-label={t('title')}
          value={title}
          maxLength={250}
          onChange={(event) => draft.setValue({ title: event.target.value, content })}
        />
        <button className="btn ghost" onClick={leave}>
          {t(draft.changed ? 'discard' : 'close')}
        </button>
        <button
          className="btn primary"
          disabled={!draft.changed || saving || !title.trim()}
          onClick={() => void save(draft.base)}
        >
          {t('save')}
        </button>
      </div>
      {draft.restored && <DraftNotice onDrop={draft.discard} onKeep={draft.acknowledge} />}
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
            value={content}
            spellCheck
            onChange={(event) => setContent(event.target.value)}
          />
        </section>
        <EditorPreview text={content} onDialog={setDialog} />
      </div>
      {dialog !== null && (
        <InsertDialogs
          dialog={dialog}
          close={() => setDialog(null)}
          onInsert={insert}
          onReplace={(fence, text) => setContent(replaceFence(content, fence, text))}
        />
      )}
      {conflict && (
        <ConflictDialog
          theirs={conflict}
          close={endConflict}
          onOverwrite={() => {
            endConflict()
            draft.setBase(conflict.version)
            void save(conflict.version)
          }}
        />
      )}
    </div>
  )
}

/** The report as it will look, a moment after it was changed. Its blocks have buttons that change them. */
function EditorPreview({ text, onDialog }: { text: string; onDialog: (dialog: InsertDialog) => void }) {
  const t = useT()
  const [pictures] = useState<Pictures>(() => new Map())
  const shown = useDebounced(text, 250)
  return (
    <section className="card seen" aria-label={t('preview')} tabIndex={0}>
      <article className="report">
        {shown.trim() ? (
          <ReportView
            text={shown}
            pictures={pictures}
            onEdit={(fence, block) => onDialog({ show: block.show, fence, block })}
          />
        ) : (
          <p className="empty">{t('reportHint')}</p>
        )}
      </article>
    </section>
  )
}
