import { useState } from 'react'
import { DescriptionForm } from '../shell/EditableText'
import { useT } from '../shell/settings'
import { Markdown } from './Markdown'

/** The description of a run, in Markdown, and a form that changes it. */
export function RunDescription({
  note,
  onSave,
}: {
  note: string | undefined
  /** @returns whether the text was saved */
  onSave: (text: string) => Promise<boolean>
}) {
  const t = useT()
  const [writing, setWriting] = useState(false)
  return (
    <section className="card">
      <header>
        <h2>{t('description')}</h2>
        <span className="spacer" />
        {!writing && (
          <button className="btn small ghost" onClick={() => setWriting(true)}>
            {t('edit')}
          </button>
        )}
      </header>
      <div className="body">
        {writing ? (
          <DescriptionForm text={note ?? ''} rows={8} onSave={onSave} close={() => setWriting(false)} />
        ) : note ? (
          <Markdown text={note} />
        ) : (
          <p className="faint">{t('noDescription')}</p>
        )}
      </div>
    </section>
  )
}
