import { useState } from 'react'
import { useT } from './settings'

/** A text in Markdown, and a form that changes it. */
export function EditableText({
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
