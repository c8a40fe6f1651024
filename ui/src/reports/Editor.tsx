import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { ApiError } from '../api/client'
import { Dialog } from '../shell/Dialog'
import { useSettled } from '../shell/hooks'
import { Icon } from '../shell/Icon'
import { Popover } from '../shell/Popover'
import { remember, remembered, useT } from '../shell/settings'
import { useToast } from '../shell/toasts'
import { report as reportQuery, updateReport, type Report } from './api'
import { BlockDialog } from './BlockDialog'
import { fencesOf, writeBlock, type Block } from './blocks'
import { ImageDialog } from './ImageDialog'
import { type Pictures } from './pictures'
import { ReportView } from './ReportView'

interface Draft {
  title: string
  content: string
  base: number
}

/** Where a report is written: the text on the left, and what it becomes on the right. What is not saved yet is kept in this browser. */
export function Editor({ report, done }: { report: Report; done: () => void }) {
  const t = useT()
  const say = useToast()
  const client = useQueryClient()
  const area = useRef<HTMLTextAreaElement>(null)
  const storage = `draft.${report.report_id}`
  const kept = useMemo(() => remembered<Draft>(storage), [storage])
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
  const shown = useSettled(draft.content, 250)
  const changed = draft.title !== report.title || draft.content !== (report.content ?? '')

  useEffect(() => remember(storage, changed ? draft : undefined), [storage, draft, changed])

  const leave = () => {
    remember(storage, undefined)
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
      // Somebody else was quicker: nothing is lost on either side, and the person decides.
      if (error instanceof ApiError && error.status === 409) {
        const theirs = await client.query({ ...reportQuery(report.report_id), staleTime: 0 }).catch(() => null)
        if (theirs) setConflict(theirs)
        else say(error.message, true)
      } else {
        say(error instanceof Error ? error.message : String(error), true)
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

  /** Puts text where the caret is, as a paragraph of its own. */
  const insert = (text: string) => {
    const at = area.current?.selectionStart ?? draft.content.length
    const before = draft.content.slice(0, at).replace(/\s*$/, '')
    const after = draft.content.slice(at).replace(/^\s*/, '')
    const head = before ? `${before}\n\n` : ''
    setDraft({ ...draft, content: `${head}${text}\n${after ? `\n${after}` : ''}` })
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(head.length + text.length + 1, head.length + text.length + 1)
    })
  }
  /** Puts marks around what is chosen, or before its line. */
  const mark = (before: string, after = '') => {
    const element = area.current!
    const from = after ? element.selectionStart : draft.content.lastIndexOf('\n', element.selectionStart - 1) + 1
    const to = after ? element.selectionEnd : from
    const content =
      draft.content.slice(0, from) + before + draft.content.slice(from, to) + after + draft.content.slice(to)
    const caret = { from: element.selectionStart + before.length, to: element.selectionEnd + before.length }
    setDraft({ ...draft, content })
    requestAnimationFrame(() => {
      element.focus()
      element.setSelectionRange(caret.from, caret.to)
    })
  }
  const replace = (fence: number, text: string) => {
    const place = fencesOf(draft.content)[fence]
    if (place)
      setDraft({ ...draft, content: draft.content.slice(0, place.from) + text + draft.content.slice(place.to) })
  }

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
        <div className="notice row" role="status" style={{ margin: '0 14px 8px' }}>
          <span style={{ flex: 1 }}>{t('draftFound')}</span>
          <button
            className="btn small"
            onClick={() => {
              setDraft({ title: report.title, content: report.content ?? '', base: report.version })
              setFound(false)
            }}
          >
            {t('draftDrop')}
          </button>
          <button className="btn small ghost" onClick={() => setFound(false)}>
            {t('draftKeep')}
          </button>
        </div>
      )}
      <div className="writing">
        <section className="card" aria-label={t('text')}>
          <div className="toolbar" role="toolbar" aria-label={t('insert')}>
            <button
              className="btn small ghost"
              title={t('heading')}
              aria-label={t('heading')}
              onClick={() => mark('## ')}
            >
              <strong>H</strong>
            </button>
            <button
              className="btn small ghost"
              title={t('bold')}
              aria-label={t('bold')}
              onClick={() => mark('**', '**')}
            >
              <strong>B</strong>
            </button>
            <button className="btn small ghost" title={t('list')} aria-label={t('list')} onClick={() => mark('- ')}>
              •
            </button>
            <Popover className="btn small ghost" label="⋯" title={t('markdownHelp')} width={320}>
              {() => (
                <pre className="soft" style={{ margin: 8 }}>
                  {
                    '# Heading   ## Smaller\n**bold**  *italic*  `code`\n- list     1. numbered\n> quote\n[text](https://…)\n| a | b |\n|---|---|\n| 1 | 2 |'
                  }
                </pre>
              )}
            </Popover>
            <span className="spacer" />
            <button className="btn small" onClick={() => setDialog({ show: 'chart' })}>
              <Icon name="plus" size={12} />
              {t('chart')}
            </button>
            <button className="btn small" onClick={() => setDialog({ show: 'table' })}>
              <Icon name="plus" size={12} />
              {t('runTable')}
            </button>
            <button className="btn small" onClick={() => setDialog('image')}>
              <Icon name="plus" size={12} />
              {t('image')}
            </button>
          </div>
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
        <Dialog title={t('conflict')} close={() => setConflict(null)}>
          <p>{t('conflictText', { who: conflict.author, n: conflict.version })}</p>
          <p>
            <a href={`#/reports/${report.report_id}?version=${conflict.version}`} target="_blank" rel="noreferrer">
              {t('conflictLook', { n: conflict.version })}
            </a>
          </p>
          <div className="actions">
            <button className="btn" onClick={() => setConflict(null)}>
              {t('conflictStay')}
            </button>
            <button
              className="btn danger"
              onClick={() => {
                const { version } = conflict
                setConflict(null)
                setDraft({ ...draft, base: version })
                void save(version)
              }}
            >
              {t('conflictMine')}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  )
}
