import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { createReport } from '../api/reports'
import { Dialog } from '../shell/Dialog'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'

export function NewReport({ close }: { close: () => void }) {
  const t = useT()
  const act = useAction()
  const navigate = useNavigate()
  const [title, setTitle] = useState('')
  return (
    <Dialog title={t('newReport')} close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void act(async () => {
            const report = await createReport(title, '')
            await navigate({ to: '/reports/$reportId', params: { reportId: report.report_id }, search: { edit: true } })
          })
        }}
      >
        <label className="field">
          {t('title')}
          <input
            className="input"
            value={title}
            required
            maxLength={250}
            onChange={(event) => setTitle(event.target.value)}
          />
        </label>
        <div className="actions">
          <button type="button" className="btn" onClick={close}>
            {t('cancel')}
          </button>
          <button className="btn primary" disabled={!title.trim()}>
            {t('create')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
