import { useState } from 'react'
import { Dialog } from './Dialog'
import { useT } from './settings'

export function TextDialog({
  title,
  label,
  initial,
  close,
  save,
}: {
  title: string
  label: string
  initial: string
  close: () => void
  save: (text: string) => Promise<void>
}) {
  const t = useT()
  const [text, setText] = useState(initial)
  return (
    <Dialog title={title} close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void save(text)
        }}
      >
        <label className="field">
          {label}
          <input className="input" value={text} required onChange={(event) => setText(event.target.value)} />
        </label>
        <div className="actions">
          <button type="button" className="btn" onClick={close}>
            {t('cancel')}
          </button>
          <button className="btn primary">{t('save')}</button>
        </div>
      </form>
    </Dialog>
  )
}
