import { useState } from 'react'
import { ActionButton } from './ActionButton'
import { useT } from './settings'

/** A text in Markdown, and a form that changes it. */
export function EditableText({
  text,
  whyNot,
  onSave,
  show,
}: {
  text: string
  /** why the text cannot be changed; undefined if it can */
  whyNot?: string
  /** @returns whether the text was saved */
  onSave: (text: string) => Promise<boolean>
  show: (text: string) => React.ReactNode
}) {
  const t = useT()
  const [writing, setWriting] = useState(false)
  if (writing) return <DescriptionForm text={text} rows={6} onSave={onSave} close={() => setWriting(false)} />
  return (
    <div className="row" style={{ alignItems: 'flex-start' }}>
      <div style={{ flex: 1, minWidth: 0 }}>{text ? show(text) : <p className="faint">{t('noDescription')}</p>}</div>
      <ActionButton className="btn small ghost" whyNot={whyNot} onClick={() => setWriting(true)}>
        {t('edit')}
      </ActionButton>
    </div>
  )
}

/** The form that changes a description. */
export function DescriptionForm({
  text,
  rows,
  onSave,
  close,
}: {
  text: string
  rows: number
  /** @returns whether the text was saved */
  onSave: (text: string) => Promise<boolean>
  close: () => void
}) {
  const t = useT()
  const [written, setWritten] = useState(text)
  return (
    <div className="stack" style={{ gap: 8 }}>
      <textarea
        className="input"
        rows={rows}
        aria-label={t('description')}
        value={written}
        onChange={(event) => setWritten(event.target.value)}
      />
      <div className="row">
        <button className="btn primary" onClick={() => void onSave(written).then((ok) => ok && close())}>
          {t('save')}
        </button>
        <button className="btn" onClick={close}>
          {t('cancel')}
        </button>
      </div>
    </div>
  )
}
