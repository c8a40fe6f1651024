import { useState } from 'react'
import { FormDialog } from './Dialog'
import { useT } from './settings'

export function TagDialog({
  close,
  save,
  initial,
}: {
  close: () => void
  save: (key: string, value: string) => Promise<void>
  initial?: { key: string; value: string }
}) {
  const t = useT()
  const [key, setKey] = useState(initial?.key ?? '')
  const [value, setValue] = useState(initial?.value ?? '')
  return (
    <FormDialog
      title={t('addTag')}
      action={t('save')}
      disabled={!key.trim()}
      close={close}
      submit={() => void save(key.trim(), value)}
    >
      <label className="field">
        {t('key')}
        <input
          className="input"
          value={key}
          required
          maxLength={250}
          readOnly={initial !== undefined}
          onChange={(event) => setKey(event.target.value)}
        />
      </label>
      <label className="field">
        {t('value')}
        <input className="input" value={value} onChange={(event) => setValue(event.target.value)} />
      </label>
    </FormDialog>
  )
}
