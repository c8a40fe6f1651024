import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiError } from '../api/client'
import { createReport, fetchReport, reports, updateReport } from '../api/reports'
import { type Report } from '../api/types'
import { Dialog, DialogActions } from '../shell/Dialog'
import { ago } from '../shell/format'
import { useDebounced } from '../shell/hooks'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { BlockPreview } from './BlockPreview'
import { writeBlock, type Block } from './blocks'

/** Adds a chart or a table to the end of a report, or to a new one. */
export function AddToReport({ block, close }: { block: Block; close: () => void }) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const [words, setWords] = useState('')
  const list = useQuery({ ...reports(useDebounced(words.trim(), 150)), placeholderData: (before) => before })
  const [chosen, setChosen] = useState<string | null>()
  const [title, setTitle] = useState('')
  const [added, setAdded] = useState<Report | null>(null)
  const none = list.isSuccess && list.data.length === 0 && !words
  const target = none ? null : chosen
  const add = () =>
    void act(async () => {
      setAdded(target ? await append(target, block) : await createReport(title.trim(), `${writeBlock(block)}\n`))
      for (const key of ['report', 'reports', 'report-versions']) void client.invalidateQueries({ queryKey: [key] })
    })
  if (added) {
    return (
      <Dialog title={t('addToReport')} close={close}>
        <p>{t('addedTo', { title: added.title })}</p>
        <div className="actions">
          <button className="btn" onClick={close}>
            {t('close')}
          </button>
          <Link className="btn primary" to="/reports/$reportId" params={{ reportId: added.report_id }}>
            {t('openReport')}
          </Link>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog title={t('addToReport')} close={close} wide>
      <div className="block-form">
        <form
          className="stack"
          style={{ gap: 10 }}
          id="add-to-report"
          onSubmit={(event) => {
            event.preventDefault()
            add()
          }}
        >
          {!none && <SearchBox label={t('searchReports')} value={words} onChange={setWords} />}
          <div className="choices" style={{ maxHeight: 300 }} role="radiogroup" aria-label={t('reports')}>
            {(list.data ?? []).map((one) => (
              <label key={one.report_id} className="row">
                <input
                  type="radio"
                  name="report"
                  checked={target === one.report_id}
                  onChange={() => setChosen(one.report_id)}
                />
                <span className="ellipsis" style={{ flex: 1 }}>
                  {one.title}
                </span>
                <span className="faint nowrap">{ago(one.last_update_timestamp, t)}</span>
              </label>
            ))}
            <label className="row">
              <input type="radio" name="report" checked={target === null} onChange={() => setChosen(null)} />
              {t('newReport')}
            </label>
          </div>
          {target === null && (
            <label className="field">
              {t('title')}
              <input
                className="input"
                value={title}
                maxLength={250}
                onChange={(event) => setTitle(event.target.value)}
              />
            </label>
          )}
        </form>
        <BlockPreview block={block} />
      </div>
      <DialogActions close={close}>
        <button
          className="btn primary"
          form="add-to-report"
          disabled={target === undefined || (target === null && !title.trim())}
        >
          {t('add')}
        </button>
      </DialogActions>
    </Dialog>
  )
}

/** Appends a block to the latest version of a report. If somebody else saves at the same time, tries again with their version. */
async function append(id: string, block: Block): Promise<Report> {
  for (let left = 3; ; left--) {
    const now = await fetchReport(id)
    const text = now.content?.trimEnd()
    try {
      return await updateReport(id, now.title, `${text ? `${text}\n\n` : ''}${writeBlock(block)}\n`, now.version)
    } catch (error) {
      if (left === 0 || !(error instanceof ApiError && error.status === 409)) throw error
    }
  }
}
