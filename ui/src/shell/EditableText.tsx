import { useState } from 'react'
import { ActionButton } from './ActionButton'
import { DraftNotice } from './DraftNotice'
import { useT } from './settings'
import { hasDraft, useDraft } from './useDraft'

/** A text in Markdown, and a form that changes it. */
export function EditableText({
  subject,
  text,
  whyNot,
  onSave,
  show,
}: {
  /** what the text describes, such as model/NAME */
  subject: string
  text: string
  /** why the text cannot be changed; undefined if it can */
  whyNot?: string
  /** @returns whether the text was saved */
  onSave: (text: string) => Promise<boolean>
  show: (text: string) => React.ReactNode
}) {
  const t = useT()
  const [writing, setWriting] = useState(() => whyNot === undefined && hasDescriptionDraft(subject))
  if (writing)
    return <DescriptionForm subject={subject} text={text} rows={6} onSave={onSave} close={() => setWriting(false)} />
  return (
    <div className="row" style={{ alignItems: 'flex-start' }}>
      <div style={{ flex: 1, minWidth: 0 }}>{text ? show(text) : <p className="faint">{t('noDescription')}</p>}</div>
      <ActionButton className="btn small ghost" whyNot={whyNot} onClick={() => setWriting(true)}>
        {t('edit')}
      </ActionButton>
    </div>
  )
}

/** Returns whether somebody has begun to write a description here and not saved it. */
export const hasDescriptionDraft = (subject: string) => hasDraft(`description.${subject}`)

/** The form that changes a description. What is not saved is kept in this browser as a draft. */
export function DescriptionForm({
  subject,
  text,
  rows,
  onSave,
  close,
}: {
  /** what the text describes, such as run/ID */
  subject: string
  text: string
  rows: number
  /** @returns whether the text was saved */
  onSave: (text: string) => Promise<boolean>
  close: () => void
}) {
  const t = useT()
  const draft = useDraft(`description.${subject}`, text, null)
  const leave = () => {
    draft.forget()
    close()
  }
  return (
    <div className="stack" style={{ gap: 8 }}>
      {draft.restored && <DraftNotice onDrop={draft.discard} onKeep={draft.acknowledge} />}
      <textarea
        className="input"
        rows={rows}
        aria-label={t('description')}
        value={draft.value}
        onChange={(event) => draft.setValue(event.target.value)}
      />
      <div className="row">
        <button className="btn primary" onClick={() => void onSave(draft.value).then((ok) => ok && leave())}>
          {t('save')}
        </button>
        <button className="btn" onClick={leave}>
          {t('cancel')}
        </button>
      </div>
    </div>
  )
}
