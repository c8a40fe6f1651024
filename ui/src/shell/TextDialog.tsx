import { useState } from 'react'
import { FormDialog } from './Dialog'
import { useT } from './settings'

/** Asks for a text of one line. */
export function TextDialog({
  title,
  label,
  action,
  initial = '',
  maxLength,
  close,
  save,
}: {
  title: string
  label: string
  action?: string
  initial?: string
  maxLength?: number
  close: () => void
  save: (text: string) => Promise<unknown>
}) {
  const t = useT()
  const [text, setText] = useState(initial)
  return (
    <FormDialog
      title={title}
      action={action ?? t('save')}
      disabled={!text.trim()}
      close={close}
      submit={() => void save(text)}
    >
      <label className="field">
        {label}
        <input
          className="input"
          value={text}
          required
          maxLength={maxLength}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
    </FormDialog>
  )
}
