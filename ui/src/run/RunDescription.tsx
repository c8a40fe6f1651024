import { useState } from 'react'
import { ActionButton } from '../shell/ActionButton'
import { DescriptionForm, hasDescriptionDraft } from '../shell/EditableText'
import { useT } from '../shell/settings'
import { Markdown } from './Markdown'

/** The description of a run, in Markdown, and a form that changes it. */
export function RunDescription({
  runId,
  note,
  whyNot,
  onSave,
}: {
  runId: string
  note: string | undefined
  /** why the description cannot be changed; undefined if it can */
  whyNot: string | undefined
  /** @returns whether the text was saved */
  onSave: (text: string) => Promise<boolean>
}) {
  const t = useT()
  const subject = `run/${runId}`
  const [writing, setWriting] = useState(() => whyNot === undefined && hasDescriptionDraft(subject))
  return (
    <section className="card">
      <header>
        <h2>{t('description')}</h2>
        <span className="spacer" />
        {!writing && (
          <ActionButton className="btn small ghost" whyNot={whyNot} onClick={() => setWriting(true)}>
            {t('edit')}
          </ActionButton>
        )}
      </header>
      <div className="body">
        {writing ? (
          <DescriptionForm
            subject={subject}
            text={note ?? ''}
            rows={8}
            onSave={onSave}
            close={() => setWriting(false)}
          />
        ) : note ? (
          <Markdown text={note} />
        ) : (
          <p className="faint">{t('noDescription')}</p>
        )}
      </div>
    </section>
  )
}
