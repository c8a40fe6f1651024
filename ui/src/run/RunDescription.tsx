import { useState } from 'react'
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
  const [writing, setWriting] = useState<string | null>(null)
  return (
    <section className="card">
      <header>
        <h2>{t('description')}</h2>
        <span className="spacer" />
        {writing === null && (
          <button className="btn small ghost" onClick={() => setWriting(note ?? '')}>
            {t('edit')}
          </button>
        )}
      </header>
      <div className="body">
        {writing !== null ? (
          <div className="stack" style={{ gap: 8 }}>
            <textarea
              className="input"
              rows={8}
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
        ) : note ? (
          <Markdown text={note} />
        ) : (
          <p className="faint">{t('noDescription')}</p>
        )}
      </div>
    </section>
  )
}
